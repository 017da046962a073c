import Live
import Time

/// What a tenant's answers mean: pure functions of values.
extension Check {
    /// Seconds by which this machine's clock is ahead.
    static func difference(_ clocks: (service: Instant, machine: Instant)) -> Int64 { clocks.machine.secondsSince1970 - clocks.service.secondsSince1970 }

    /// - Parameter clocks: those that differ most; nil where no server was asked, or none said its time.
    static func clock(_ clocks: (service: Instant, machine: Instant)?) -> Check {
        guard let clocks else { return Check("clock", .skipped, "Not compared, since no server was asked; --live graph does") }
        let seconds = difference(clocks)
        let what = seconds == 0 ? "As Microsoft Graph's" : "\(abs(seconds)) second\(abs(seconds) == 1 ? "" : "s") \(seconds > 0 ? "ahead of" : "behind") Microsoft Graph's"
        // Tokens and assertions are refused that are five minutes out of time; one that was just made must still be accepted a while later.
        switch abs(seconds) {
        case ..<60: return Check("clock", .ok, what)
        case ..<240: return Check("clock", .warning, what, fix: "Set this machine's clock, by NTP: from five minutes on, signing in fails")
        default: return Check("clock", .failed, what, fix: "Set this machine's clock, by NTP: signing in fails, and windows open and close at other times")
        }
    }

    /// - Parameter access: nil where nothing could be asked, since `tenant.json` cannot be understood.
    static func tenant(_ id: String, _ access: TenantAccess?) -> [Check] {
        guard let access else { return [Check("sign-in", tenant: id, .skipped, "Not asked, since its tenant.json is missing or has errors", fix: "Run easel validate")] }
        if let problem = access.signIn { return [Check("sign-in", tenant: id, .failed, problem.message, fix: problem.help)] }
        let signIn = Check("sign-in", tenant: id, .ok, "By \(access.credential ?? "the credential")")
        let reading = access.reading.map { Check("reading", tenant: id, .failed, $0.message, fix: $0.help) } ?? Check("reading", tenant: id, .ok, "Profiles can be read")
        return [signIn] + permissions(id, access) + [reading]
    }

    private static func permissions(_ id: String, _ access: TenantAccess) -> [Check] {
        guard let permissions = access.permissions else { return [Check("permissions", tenant: id, .skipped, "The token does not say which the app has")] }
        let consent = access.consentURL.map { "An administrator of the tenant grants it after it was added to the app: \($0)" }
        guard permissions.contains(where: \.isGranted) else {
            return [Check("permissions", tenant: id, .failed, "The app has none that easel can use", fix: consent.map { "Add \(permissions.filter(\.isRequired).map(\.name).joined(separator: ", ")) to the app. \($0)" })]
        }
        let granted = permissions.filter(\.isGranted).map(\.name)
        return [Check("permissions", tenant: id, .ok, granted.joined(separator: ", "))]
            + permissions.filter { !$0.isGranted }.map { missing in
                Check("permission \(missing.name)", tenant: id, missing.isRequired ? .failed : .warning, "Missing; needed for \(missing.use)", fix: consent)
            }
    }
}
