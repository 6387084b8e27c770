import Foundation

/// Where the running service listens, for commands and for people.
public struct ServiceFile: Codable, Sendable {
    public let api: String
    public let sync: String?
    public let process: Int32

    public init(api: String, sync: String?, process: Int32) {
        self.api = api
        self.sync = sync
        self.process = process
    }

    private static func path(_ folder: String) -> String { folder + "/service.json" }

    public static func read(folder: String) -> ServiceFile? {
        guard let data = FileManager.default.contents(atPath: path(folder)) else { return nil }
        return try? JSONDecoder().decode(ServiceFile.self, from: data)
    }

    public func write(folder: String) throws {
        try JSONEncoder().encode(self).write(
            to: URL(fileURLWithPath: Self.path(folder)), options: .atomic)
    }

    public static func remove(folder: String) {
        try? FileManager.default.removeItem(atPath: path(folder))
    }
}
