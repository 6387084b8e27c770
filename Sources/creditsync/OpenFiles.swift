import Foundation

/// How many files this process may have open.
///
/// Each connection is one. Under the usual limit of 1024 two full listeners would leave none to
/// the database, and a client could stop commits by connecting.
enum OpenFiles {
    /// For the database, its journals and backups, and connections that are being refused.
    private static let reserve = 256

    /// Raises the soft limit as far as the hard one allows. False if that is too little for so many
    /// connections.
    static func makeRoom(forConnections connections: Int) -> Bool {
        let wanted = rlim_t(connections + reserve)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return false
        }
        if limit.rlim_cur >= wanted { return true }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            && limit.rlim_cur >= wanted
    }
}
