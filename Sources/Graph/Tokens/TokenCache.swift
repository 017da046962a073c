import Synchronization

/// The token of one tenant: fetched once for all that ask at the same time, kept until it is about to expire.
///
/// A refusal that lasts (no consent, a wrong secret) is kept too: the tenant's other requests do not ask again.
final class TokenCache: Sendable {
    private struct State {
        var token: AccessToken?
        var fetch: (number: Int, task: Task<AccessToken, any Error>)?
        var refusal: GraphError?
        var count = 0
    }

    private let state = Mutex(State())
    private let fetcher: TokenFetcher

    init(_ fetcher: TokenFetcher) { self.fetcher = fetcher }

    /// - Parameter rejected: a token that the service no longer accepts; another one is fetched where it is still the one that is kept.
    func token(insteadOf rejected: AccessToken? = nil) async throws -> AccessToken {
        let now = fetcher.clock.elapsed()
        enum Way {
            case token(AccessToken)
            case fetch(number: Int, Task<AccessToken, any Error>)
            case refused(GraphError)
        }
        let way: Way = state.withLock { state in
            if let refusal = state.refusal { return .refused(refusal) }
            if let rejected, state.token == rejected { state.token = nil }
            if let token = state.token, now < token.renewal { return .token(token) }
            if let fetch = state.fetch { return .fetch(number: fetch.number, fetch.task) }
            state.count += 1
            // Not a child of whoever asks first: if that one is cancelled, the others still need it.
            let task = Task { [fetcher] in try await fetcher.fetch() }
            state.fetch = (state.count, task)
            return .fetch(number: state.count, task)
        }
        switch way {
        case .token(let token): return token
        case .refused(let error): throw error
        case .fetch(let number, let task):
            let result = await task.result
            state.withLock { state in
                guard state.fetch?.number == number else { return }
                state.fetch = nil
                switch result {
                case .success(let token): state.token = token
                case .failure(let error as GraphError): if case .signIn(.some) = error.kind { state.refusal = error }
                case .failure: break
                }
            }
            return try result.get()
        }
    }
}
