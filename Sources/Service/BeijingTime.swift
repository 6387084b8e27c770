import Foundation
import Records

/// Times as people here read them: Beijing time, without daylight saving.
public enum BeijingTime {
    private static let style = Date.ISO8601FormatStyle(
        timeZone: TimeZone(secondsFromGMT: 8 * 3600) ?? .gmt
    )
    .year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
    .timeSeparator(.colon).timeZone(separator: .colon)

    /// `2026-11-21T17:02:00+08:00`
    public static func iso(milliseconds: Int64) -> String {
        style.format(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    /// Of `2026-11-21 17:02`, seconds and a T between allowed; nil for anything else.
    public static func milliseconds(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2, CivilDate(String(parts[0])) != nil else { return nil }
        let seconds = parts[1].split(separator: ":").count == 2 ? ":00" : ""
        let typed = "\(parts[0])T\(parts[1])\(seconds)"
        guard let date = try? Date.ISO8601FormatStyle().parse(typed + "+08:00") else { return nil }
        let milliseconds = Int64(date.timeIntervalSince1970 * 1000)
        // The parser rolls 25:00 over to the next day.
        return iso(milliseconds: milliseconds).hasPrefix(typed) ? milliseconds : nil
    }

    /// `2026-11-21 17:02`
    public static func short(milliseconds: Int64) -> String {
        String(iso(milliseconds: milliseconds).prefix(16)).replacingOccurrences(of: "T", with: " ")
    }
}
