import Payloads
import Synchronization

/// What a run publishes through, and whether it has sent anything: from then on the run must be recorded, whoever asks it to stop.
///
/// One for all attempts of a run that loses races.
public final class PublishingSession: Sendable {
    let service: any PublishingService
    private let isStopped: @Sendable () -> Bool
    private let sent = Atomic(false)

    /// - Parameter isStopped: whether somebody has asked the run to stop.
    public init(_ service: any PublishingService, isStopped: @escaping @Sendable () -> Bool) {
        self.service = service
        self.isStopped = isStopped
    }

    /// Whether a write may have reached the service.
    public var hasSent: Bool { sent.load(ordering: .sequentiallyConsistent) }
    func willSend() { sent.store(true, ordering: .sequentiallyConsistent) }

    /// Why nothing more may be sent; nil as long as it may.
    func mayNotGoOn(seconds: Double) -> String? {
        if isStopped() { return "easel was stopped" }
        // The claim on the tenants ends, and another run may take them.
        return seconds < Self.longest ? nil : "the run has published for \(Int(Self.longest / 60)) minutes, as long as it may"
    }

    /// Less than a claim's lifetime, with time for what is under way.
    private static let longest = 2700.0
}
