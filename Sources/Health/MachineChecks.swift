import Basics
import Git
import Time

/// What a machine must have, whatever the repositories are.
enum MachineChecks {
    static var all: [Check] { [libgit2, git, zones, signing("ssh-keygen", package: "openssh-client", "SSH"), signing("gpgv", package: "gpgv", "OpenPGP")] }

    private static var libgit2: Check {
        let name = "libgit2"
        do throws(GitError) {
            let library = try GitLibrary()
            let missing = [(library.hasHTTPS, "HTTPS"), (library.hasSSH, "SSH")].filter { !$0.0 }.map(\.1)
            guard missing.isEmpty else {
                return Check(name, .warning, "libgit2 \(library.version) was built without \(missing.joined(separator: " and "))", fix: "Install a libgit2 with it, to reach such remotes")
            }
            return Check(name, .ok, "Version \(library.version), with HTTPS and SSH")
        } catch { return Check(name, .failed, "\(error)", fix: error.help ?? "Reinstall libgit2") }
    }

    /// easel never calls it.
    private static var git: Check {
        programOnPath("git").map { Check("git", .ok, "\($0), for people: easel itself never calls it") }
            ?? Check("git", .skipped, "There is no git on PATH: people commit with it, and easel never calls it")
    }

    private static var zones: Check {
        let name = "time zones"
        do throws(ZoneError) {
            _ = try TimeZoneData.load("Europe/Amsterdam")
            return Check(name, .ok, "The machine has time zone data, for windows in policies")
        } catch { return Check(name, .warning, "\(error.message): windows in other zones than UTC cannot be evaluated", fix: error.help) }
    }

    private static func signing(_ program: String, package: String, _ kind: String) -> Check {
        let use = program == "ssh-keygen" ? "verified or made" : "verified"
        return programOnPath(program).map { Check(program, .ok, $0) }
            ?? Check(program, .warning, "There is no \(program) on PATH, so \(kind) signatures cannot be \(use)", fix: "Install \(program) (Debian: \(package)), or set PATH")
    }
}
