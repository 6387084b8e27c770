import SyncCore

/// 服务日志: what was done, seen or reported, as it happened. Each step of a repair is an entry of
/// its own. Never edited: a correction is a new entry that names the old one.
public enum ServiceLog {
    public static let kind: FieldID = 1
    public static let occurredAt: FieldID = 2
    public static let supplier: FieldID = 3
    public static let site: FieldID = 4
    public static let checkpoint: FieldID = 5
    public static let standardItem: FieldID = 6
    public static let result: FieldID = 7
    public static let slaDue: FieldID = 8
    public static let arrivedAt: FieldID = 9
    public static let doneAt: FieldID = 10
    public static let overdue: FieldID = 11
    public static let rating: FieldID = 12
    public static let corrects: FieldID = 13
    public static let note: FieldID = 14

    public enum Group {
        /// One: nothing is ever merged, and a group costs bytes in each entry.
        public static let entry: GroupID = 10
    }

    public static let type = RecordType(
        name: "serviceLog",
        title: Bilingual("服务日志", "Service log"),
        schemaVersion: 1,
        isInsertOnly: true,
        lane: .events,
        home: .county,
        fields: [
            Field(kind, "kind", Bilingual("类型", "Kind"), .code(kinds), isRequired: true),
            Field(
                occurredAt, "occurredAt", Bilingual("发生时间", "Occurred at"), .instant,
                isRequired: true),
            Field(
                supplier, "supplier", Bilingual("供应商", "Supplier"),
                .reference(to: Supplier.type.name)),
            Field(site, "site", Bilingual("地点", "Site"), .text(maxBytes: 200)),
            Field(checkpoint, "checkpoint", Bilingual("巡查点", "Checkpoint"), .text(maxBytes: 60)),
            Field(
                standardItem, "standardItem", Bilingual("标准条目", "Item of the standard"),
                .text(maxBytes: 60)),
            Field(result, "result", Bilingual("结果", "Result"), .text(maxBytes: 300)),
            Field(slaDue, "slaDue", Bilingual("时限", "Due by"), .instant),
            Field(arrivedAt, "arrivedAt", Bilingual("到场时间", "Arrived at"), .instant),
            Field(doneAt, "doneAt", Bilingual("完成时间", "Done at"), .instant),
            Field(overdue, "overdue", Bilingual("是否超时", "Overdue"), .flag),
            Field(
                rating, "rating", Bilingual("评价", "Rating"),
                .integer(1...5, unit: Bilingual("星", "stars"))),
            Field(
                corrects, "corrects", Bilingual("更正的记录", "Corrects"),
                .reference(to: "serviceLog")),
            Field(
                note, "note", Bilingual("备注", "Note"), .text(maxBytes: 4000, isMultiline: true),
                isPersonal: true),
        ],
        groups: [
            FieldGroup(
                Group.entry, "entry", Bilingual("日志内容", "Entry"),
                [
                    kind, occurredAt, supplier, site, checkpoint, standardItem, result, slaDue,
                    arrivedAt, doneAt, overdue, rating, corrects, note,
                ])
        ],
        titleField: site,
        // Millions of entries: full-text search over them would cost more than they do.
        searchFields: [],
        rules: [
            RecordRule(
                1,
                Bilingual(
                    "完成时间不得早于到场时间。", "Nothing is done before the arrival: check both times."),
                [doneAt, arrivedAt]
            ) { values in
                guard let arrived = values.integer(arrivedAt), let done = values.integer(doneAt)
                else { return false }
                return done < arrived
            },
            RecordRule(
                2,
                Bilingual(
                    "是否超时与时限、完成时间不符。",
                    "The overdue mark disagrees with the times due and done."),
                [overdue, slaDue, doneAt]
            ) { values in
                guard let due = values.integer(slaDue), let done = values.integer(doneAt),
                    let mark = values.flag(overdue)
                else { return false }
                return mark != (done > due)
            },
        ])

    static let kinds = [
        Code("SERVICE_EVENT", "服务事项", "Service event"),
        Code("PATROL", "巡更", "Patrol"),
        Code("INSPECTION", "检查", "Inspection"),
        Code("COMPLAINT", "投诉", "Complaint"),
        Code("REPAIR", "报修", "Repair"),
        Code("MEETING", "会议保障", "Meeting support"),
        Code("MEAL", "餐饮留样", "Meal sample"),
        Code("ENERGY", "能耗", "Energy"),
        Code("RECTIFY", "整改", "Rectification"),
    ]
}
