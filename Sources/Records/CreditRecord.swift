import SyncCore

/// 信用记录: one good or bad conduct of a supplier, either as another body decided it (外部认定) or
/// from the unit's own evaluation of performance (本单位履约评价).
///
/// A county bureau cannot issue 失信 findings or bans, so the two sources are kept apart.
public enum CreditRecord {
    public static let supplier: FieldID = 1
    public static let source: FieldID = 2
    public static let decisionBody: FieldID = 3
    public static let decisionNo: FieldID = 4
    public static let decisionDate: FieldID = 5
    public static let legalBasis: FieldID = 6
    public static let polarity: FieldID = 7
    public static let conductCode: FieldID = 8
    public static let facts: FieldID = 9
    public static let severity: FieldID = 10
    public static let penaltyFrom: FieldID = 11
    public static let penaltyTo: FieldID = 12
    public static let publicityMode: FieldID = 13
    public static let publicityFrom: FieldID = 14
    public static let publicityMinEnd: FieldID = 15
    public static let publicityMaxEnd: FieldID = 16
    public static let expiry: FieldID = 17
    public static let evidence: FieldID = 18

    public enum Group {
        public static let subject: GroupID = 10
        public static let basis: GroupID = 11
        public static let conduct: GroupID = 12
        public static let standing: GroupID = 13
        public static let evidence: GroupID = 14
    }

    public static let type = RecordType(
        name: "creditRecord",
        title: Bilingual("信用记录", "Credit record"),
        schemaVersion: 1,
        isConsequential: true,
        lane: .records,
        home: .province,
        fields: [
            Field(
                supplier, "supplier", Bilingual("供应商", "Supplier"),
                .reference(to: Supplier.type.name), isRequired: true),
            Field(
                source, "source", Bilingual("来源", "Source"),
                .code([
                    Code("OFFICIAL_REF", "外部认定", "Decision of another body"),
                    Code("PERFORMANCE", "本单位履约评价", "Own evaluation of performance"),
                ]), isRequired: true),
            Field(
                decisionBody, "decisionBody", Bilingual("决定机关", "Deciding body"),
                .text(maxBytes: 300)),
            Field(
                decisionNo, "decisionNo", Bilingual("决定文号", "Decision number"),
                .text(maxBytes: 120)),
            Field(decisionDate, "decisionDate", Bilingual("决定日期", "Decision date"), .date),
            Field(
                legalBasis, "legalBasis", Bilingual("法律或合同依据", "Legal or contract basis"),
                .list(of: .text(maxBytes: 500), max: 20)),
            Field(
                polarity, "polarity", Bilingual("性质", "Good or bad"),
                .code([Code("GOOD", "良好", "Good"), Code("BAD", "不良", "Bad")]), isRequired: true),
            Field(
                conductCode, "conductCode", Bilingual("行为代码", "Conduct code"),
                .text(maxBytes: 60)),
            Field(
                facts, "facts", Bilingual("事实", "Facts"),
                .text(maxBytes: 8000, isMultiline: true), isRequired: true, isPersonal: true),
            Field(
                severity, "severity", Bilingual("等级", "Severity"),
                .code([
                    Code("A", "良好 A", "Good, A"),
                    Code("B", "良好 B", "Good, B"),
                    Code("SLIGHT", "轻微", "Slight"),
                    Code("GENERAL", "一般", "General"),
                    Code("SERIOUS", "严重", "Serious"),
                ]), isRequired: true),
            Field(penaltyFrom, "penaltyFrom", Bilingual("处罚起始日", "Penalty from"), .date),
            Field(penaltyTo, "penaltyTo", Bilingual("处罚截止日", "Penalty to"), .date),
            Field(
                publicityMode, "publicityMode", Bilingual("公示方式", "Publicity"),
                .code([
                    Code("NONE", "不予公示", "Not published"), Code("PUBLIC", "公示", "Published"),
                ])),
            Field(publicityFrom, "publicityFrom", Bilingual("公示起始日", "Published from"), .date),
            Field(
                publicityMinEnd, "publicityMinEnd",
                Bilingual("最短公示期截止日", "Earliest end of publicity"), .date),
            Field(
                publicityMaxEnd, "publicityMaxEnd",
                Bilingual("最长公示期截止日", "Latest end of publicity"), .date),
            Field(expiry, "expiry", Bilingual("有效期截止日", "Valid until"), .date),
            Field(
                evidence, "evidence", Bilingual("证据", "Evidence"), .set(of: .digest, max: 50)),
        ],
        groups: [
            FieldGroup(Group.subject, "subject", Bilingual("主体", "Subject"), [supplier]),
            FieldGroup(
                Group.basis, "basis", Bilingual("认定依据", "Basis"),
                [source, decisionBody, decisionNo, decisionDate, legalBasis]),
            FieldGroup(
                Group.conduct, "conduct", Bilingual("行为", "Conduct"),
                [polarity, conductCode, facts]),
            FieldGroup(
                Group.standing, "standing", Bilingual("等级、公示与有效期", "Severity and publicity"),
                [
                    severity, penaltyFrom, penaltyTo, publicityMode, publicityFrom,
                    publicityMinEnd, publicityMaxEnd, expiry,
                ],
                inEffectWhileDisputed: .mostRestrictive(
                    by: severity, mildestFirst: ["A", "B", "SLIGHT", "GENERAL", "SERIOUS"],
                    thenLatest: [penaltyTo, expiry, publicityMaxEnd])),
            FieldGroup(Group.evidence, "evidence", Bilingual("证据", "Evidence"), [evidence]),
        ],
        titleField: facts,
        searchFields: [facts, decisionNo, decisionBody, conductCode],
        rules: rules)
}
