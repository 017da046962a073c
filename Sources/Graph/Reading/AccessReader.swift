import Live
import Profiles

extension GraphSource: AccessSource {
    /// Signs in, reads the roles in the token, and asks for one profile.
    public func access(to tenant: LiveTenantQuery) async throws -> TenantAccess {
        let service = try service()
        var result = TenantAccess()
        let graph: GraphTenant
        do {
            graph = try GraphReading.tenant(tenant, of: service)
            (result.credential, result.consentURL) = ("\(graph.credential.summary) of app \(graph.credential.clientID)", graph.consentURL)
            let roles = try await graph.grantedRoles()
            result.permissions = roles.map { roles in Permission.all.map { $0.state(roles: roles) } }
        } catch {
            result.signIn = try problem(error, tenant)
            return result
        }
        do {
            let answer = try await graph.get("/deviceManagement/deviceConfigurations?$top=1&$select=id")
            result.clocks = answer.date.map { ($0, service.settings.clock.now()) }
        } catch {
            result.reading = try problem(error, tenant)
        }
        return result
    }

    private func problem(_ error: any Error, _ tenant: LiveTenantQuery) throws -> TenantAccess.Problem {
        guard let problem = GraphReading.problem(error, of: tenant) else { throw error }
        return TenantAccess.Problem(message: problem.message, help: problem.help)
    }
}

extension Permission {
    /// - Parameter roles: what the app's token has.
    func state(roles: Set<String>) -> TenantAccess.Permission {
        TenantAccess.Permission(name: name, use: commands, isRequired: self == .read, isGranted: !roles.isDisjoint(with: sufficient))
    }
}
