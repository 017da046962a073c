import ArgumentParser
import Basics
import Git

/// Exit codes of errors.
enum ExitStatus {
    /// What was done is recorded, and what comes after it failed.
    static let recorded: Int32 = 4

    static func of(_ error: any Error) -> Int32 {
        if let code = Interruption.exitCode { return code }
        switch error {
        case is UsageError: return 64
        case is RecordedButUnreported: return recorded
        default: return parserStatus(of: error) ?? 1
        }
    }

    /// The code of an error of the argument parser; nil for others. The parser's errors have no public type, only a code of their own.
    static func parserStatus(of error: any Error) -> Int32? {
        if error is UsageError || error is RecordedButUnreported { return nil }
        let code = ParsableArgumentsProxy.exitCode(for: error)
        return error is ValidationError || error is CleanExit || code == .validationFailure || code == .success ? code.rawValue : nil
    }

    private struct ParsableArgumentsProxy: ParsableArguments {}
}
