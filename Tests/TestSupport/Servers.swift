import Foundation

/// A server on loopback that a test has started. It is stopped with the object; where a test run is killed, after an hour.
///
/// Not earlier: tests that wait for others while all of them run can take minutes between two steps.
public class Server {
    private let program: Program
    public let port: UInt16

    init(_ command: [String], port: UInt16, environment: [String: String]) throws {
        self.port = port
        program = try Program(["/usr/bin/timeout", "3600"] + command, environment: environment)
        do { try awaitServer(on: port) } catch {
            kill(program.child, SIGTERM)
            let outcome = try program.finish()
            throw Program.Failed(description: "\(command[0]): \(error): \(outcome.out)\(outcome.err)")
        }
    }

    deinit {
        // `timeout` passes the signal on.
        kill(program.child, SIGTERM)
        _ = try? program.finish()  // How it ended does not matter.
    }

    static let environment = ["PATH": "/usr/lib/git-core:/usr/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]

    /// Whether these programs are installed; Tests/run.sh installs them.
    public static func has(_ programs: String...) -> Bool { programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }
}

/// OpenSSH's server, running as the user who runs the tests.
public final class SSHServer: Server {
    public static var isInstalled: Bool { has("/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent") }

    private let folder: String

    /// - Parameters:
    ///   - folder: an empty folder, for keys and settings.
    ///   - hostKeys: the kinds of host keys that the server has.
    ///   - users: the public keys that may log in.
    ///   - settings: more lines of sshd_config.
    public init(_ folder: String, hostKeys: [String] = ["ed25519"], users: [String], settings: String = "") throws {
        self.folder = folder
        let port = try freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var config = """
            Port \(port)
            ListenAddress 127.0.0.1
            AuthorizedKeysFile \(folder)/authorized
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PidFile none
            LogLevel ERROR
            PermitRootLogin yes
            \(settings)

            """
        for kind in hostKeys {
            if !FileManager.default.fileExists(atPath: "\(folder)/host_\(kind)") { _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", "", "-f", "\(folder)/host_\(kind)"]) }
            config += "HostKey \(folder)/host_\(kind)\n"
        }
        try config.write(toFile: folder + "/sshd_config", atomically: true, encoding: .utf8)
        try users.joined(separator: "\n").write(toFile: folder + "/authorized", atomically: true, encoding: .utf8)
        if geteuid() == 0 { try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
        try super.init(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"], port: port, environment: Self.environment)
    }

    public func url(_ path: String, user: String = NSUserName()) -> String { "ssh://\(user)@127.0.0.1:\(port)\(path)" }

    /// Lines for a known_hosts file.
    public func knownHosts(_ kinds: String...) throws -> String {
        try kinds.map { kind in
            let key = try String(contentsOfFile: "\(folder)/host_\(kind).pub", encoding: .utf8).split(separator: " ")
            return "[127.0.0.1]:\(port) \(key[0]) \(key[1])\n"
        }.joined()
    }

    /// Signs a host key by an authority, for this name, and makes the line of a known_hosts file for the authority. The server shows the
    /// certificate with `HostCertificate FOLDER/host_KIND-cert.pub` in its settings.
    public static func certify(_ kind: String, in folder: String, name: String, by authority: String, validity: String = "always:forever") throws -> String {
        for file in ["\(folder)/host_\(kind)", "\(folder)/\(authority)"] where !FileManager.default.fileExists(atPath: file) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", "", "-f", file])
        }
        _ = try Program.output(["/usr/bin/ssh-keygen", "-q", "-s", "\(folder)/\(authority)", "-I", "host", "-h", "-n", name, "-V", validity, "\(folder)/host_\(kind).pub"])
        return try "@cert-authority \(name) " + String(contentsOfFile: "\(folder)/\(authority).pub", encoding: .utf8)
    }

    public func fingerprint(_ kind: String) throws -> String {
        String(decoding: try Program.output(["/usr/bin/ssh-keygen", "-l", "-f", "\(folder)/host_\(kind).pub"]), as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
}

/// nginx with git-http-backend over TLS, for the repositories in a folder. Paths below `/open/` are open to everybody, those below
/// `/basic/` to `ann` or a forge's job with the password `s3cret`, and those below `/bearer/` to a token. `/moved/` redirects
/// to another server, and `/broken/` always fails.
public final class HTTPSServer {
    public static var isInstalled: Bool { Server.has("/usr/sbin/nginx", "/usr/sbin/fcgiwrap", "/usr/bin/openssl", "/usr/lib/git-core/git-http-backend") }

    private let nginx: Server
    private let wrapper: Program
    /// The authority that signed its certificate.
    public let caFile: String
    public var port: UInt16 { nginx.port }

    public init(_ folder: String, repositories: String, elsewhere: String = "https://localhost:1/", bearer: String = "t0ken") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        caFile = folder + "/ca.pem"
        func openssl(_ arguments: String...) throws { _ = try Program.output(["/usr/bin/openssl"] + arguments, in: folder) }
        try openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2")
        try openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        try "subjectAltName=DNS:localhost\n".write(toFile: folder + "/names", atomically: true, encoding: .utf8)
        try openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
        let password = String(decoding: try Program.output(["/usr/bin/openssl", "passwd", "-apr1", "s3cret"]), as: UTF8.self)
        // Forges accept their jobs' tokens under these user names.
        try ["ann", "x-access-token", "gitlab-ci-token"].map { "\($0):\(password)" }.joined().write(toFile: folder + "/users", atomically: true, encoding: .utf8)
        let socket = folder + "/fcgi"
        let port = try freePort()
        let backend = """
            fastcgi_pass unix:\(socket);
            fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
            fastcgi_param GIT_HTTP_EXPORT_ALL "";
            fastcgi_param GIT_PROJECT_ROOT \(repositories);
            fastcgi_param PATH_INFO /$1;
            fastcgi_param REMOTE_USER pusher;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
            """
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: "\n")
        try """
            daemon off;
            \(geteuid() == 0 ? "user root;" : "")
            pid \(folder)/pid;
            error_log stderr;
            events {}
            http {
              access_log \(folder)/access.log;
              \(temporary)
              client_max_body_size 0;
              server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(folder)/server.pem;
                ssl_certificate_key \(folder)/server.key;
                location ~ ^/open/(.*)$ { \(backend) }
                location ~ ^/basic/(.*)$ { auth_basic "git"; auth_basic_user_file \(folder)/users; \(backend) }
                location ~ ^/bearer/(.*)$ { if ($http_authorization != "Bearer \(bearer)") { return 401; } \(backend) }
                location ~ ^/moved/(.*)$ { return 302 \(elsewhere)$1?$query_string; }
                location ~ ^/broken/(.*)$ { return 503; }
              }
            }
            """.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        wrapper = try Program(["/usr/bin/timeout", "3600", "/usr/sbin/fcgiwrap", "-c", "2", "-s", "unix:" + socket], environment: Server.environment)
        nginx = try Server(["/usr/sbin/nginx", "-c", folder + "/nginx.conf", "-p", folder], port: port, environment: Server.environment)
    }

    deinit {
        kill(wrapper.child, SIGTERM)
        _ = try? wrapper.finish()
    }

    public func url(_ path: String) -> String { "https://localhost:\(port)/\(path)" }
}

/// tinyproxy, as a proxy to this machine's own servers.
public final class ProxyServer: Server {
    public static var isInstalled: Bool { has("/usr/bin/tinyproxy") }

    private let logFile: String

    /// - Parameter ports: the ports that it connects to.
    public init(_ folder: String, to ports: [UInt16]) throws {
        let port = try freePort()
        logFile = folder + "/log"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
            Port \(port)
            Listen 127.0.0.1
            Timeout 60
            LogFile "\(logFile)"
            LogLevel Info
            \(ports.map { "ConnectPort \($0)" }.joined(separator: "\n"))

            """.write(toFile: folder + "/conf", atomically: true, encoding: .utf8)
        try super.init(["/usr/bin/tinyproxy", "-d", "-c", folder + "/conf"], port: port, environment: Self.environment)
    }

    /// Whether somebody has connected to `host:port` through it.
    public func wasAsked(for target: String) throws -> Bool { try String(contentsOfFile: logFile, encoding: .utf8).contains("CONNECT \(target)") }
}
