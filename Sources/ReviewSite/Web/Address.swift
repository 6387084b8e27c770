import Foundation
import Hummingbird
import Service

/// Parts of addresses.
enum Address {
    static func conflict(_ name: String) -> String { "/conflicts/" + encoded(name) }

    static func record(_ type: String, _ id: String) -> String {
        "/records/\(encoded(type))/\(encoded(id))"
    }

    static func list(type: String?, kind: String?, cursor: String?) -> String {
        let query = [("type", type), ("class", kind), ("cursor", cursor)].compactMap {
            name, value in
            value.map { "\(name)=\(encoded($0))" }
        }
        return query.isEmpty ? "/conflicts" : "/conflicts?" + query.joined(separator: "&")
    }

    private static let plain = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

extension APIContext {
    /// A part of the path, decoded.
    func part(_ name: String) throws -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding else {
            throw PageProblem.notFound
        }
        return text
    }
}

extension Request {
    /// Nil when it is absent or empty: an untouched filter sends an empty one.
    func filter(_ name: String) -> String? {
        guard let value = uri.queryParameters[Substring(name)], !value.isEmpty else { return nil }
        return String(value)
    }
}
