/// Until accounts exist, people and programs are not authenticated: the API and the pages are for
/// this machine only.
public enum LoopbackRule {
    public static func allows(host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { UInt8($0) != nil }
    }
}
