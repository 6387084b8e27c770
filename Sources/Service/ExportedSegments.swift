import Foundation
import HTTPTypes
import Records
import Store
import SyncCore
import WireFormat

/// A log as `inspect --export` wrote it, on this machine. It is read a part at a time.
struct ExportedSegments: Sendable {
    let path: String

    private static let partBytes = 4 << 20
    /// A byte string and its head.
    private static let longestBytes = Limits.encodedSegmentBytes + 9

    /// With what fits of the file.
    func filling(_ damage: Damage) throws -> Damage {
        guard isFile, let handle = FileHandle(forReadingAtPath: path) else {
            throw Problem.unreadable(path)
        }
        defer { try? handle.close() }
        var damage = damage
        var bytes: [UInt8] = []
        var isMore = true
        while isMore {
            let part = try handle.read(upToCount: Self.partBytes) ?? Data()
            isMore = !part.isEmpty
            bytes += part
            var reader = CBORReader(bytes)
            do throws(WireError) {
                while isMore ? bytes.count - reader.offset >= Self.longestBytes : !reader.isAtEnd {
                    let segment = try reader.byteString(max: Limits.encodedSegmentBytes)
                    _ = damage.take([segment])
                }
            } catch { throw Problem.notExported(path) }
            bytes.removeFirst(reader.offset)
        }
        return damage
    }

    /// Nothing that would make the service wait, such as a pipe.
    private var isFile: Bool {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }
}

extension [String: JSON] {
    /// The member `files` of a request to repair; none if it is not there.
    func exportedFiles() throws -> [ExportedSegments] {
        guard let value = self["files"], !value.isNull else { return [] }
        let paths = value.array?.compactMap(\.string)
        guard let paths, paths.count == value.array?.count,
            paths.allSatisfy({ $0.hasPrefix("/") })
        else {
            throw Problem.invalid([
                FieldProblem(
                    field: "files", code: "type",
                    message: Bilingual(
                        "应为文件的绝对路径列表。", "Must be a list of absolute paths of files."))
            ])
        }
        return paths.map(ExportedSegments.init)
    }
}

extension Problem {
    static func unreadable(_ path: String) -> Problem {
        Problem(
            "file-unreadable", .unprocessableContent,
            "\(path) is no file that this node's process can read: see whether it is there and who "
                + "may read it, or copy it into the node's folder.",
            "本节点的进程无法读取 \(path)：请检查文件是否存在及其权限，或将其复制到节点的数据目录。")
    }

    static func notExported(_ path: String) -> Problem {
        Problem(
            "file-malformed", .unprocessableContent,
            "\(path) is no complete export of a log: write it with `creditsync inspect LOG --export "
                + "FILE` at a node that holds the log, and copy it as it is.",
            "\(path) 不是完整的日志导出文件：请在存有该日志的节点用 creditsync inspect 日志名 "
                + "--export 文件 导出，并原样复制。")
    }
}
