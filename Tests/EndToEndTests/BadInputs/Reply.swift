import APIClient
import Foundation
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

/// What came back: nothing but a closed connection, a bare status, a problem, or an answer.
struct Reply: Sendable {
    /// Nil when the connection was closed without a word.
    let status: Int?
    let head: String
    let body: [UInt8]

    init(_ answer: RawRequest.Answer) {
        status = answer.status
        head = answer.head
        body = answer.body
    }

    init(_ answer: APIAnswer) {
        status = answer.status
        head = ""
        body = Array(answer.body)
    }

    init(heard: [UInt8]) {
        guard let end = Data(heard).range(of: Data("\r\n\r\n".utf8))?.upperBound else {
            status = nil
            head = ""
            body = []
            return
        }
        head = String(decoding: heard[..<end], as: UTF8.self)
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        body = Array(heard[end...])
    }

    /// Whether the hub stands for it.
    var isSigned: Bool { head.lowercased().contains("creditsync-proof:") }

    var json: JSON { JSON(decoding: body) ?? .null }

    /// The last part of the problem's type.
    var problem: String? {
        json["type"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) }
    }

    /// Names of the rules by which segments were refused.
    var refusals: [String] {
        (try? MessageCodec.decodeAnswer(body))?.refusals.map(\.rule.name) ?? []
    }
}
