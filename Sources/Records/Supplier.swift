import SyncCore

/// 供应商: who provides services, one record province-wide, edited by every county.
///
/// The credit code is the natural key; individuals and old units may have none.
public enum Supplier {
    public static let uscc: FieldID = 1
    public static let name: FieldID = 2
    public static let formerNames: FieldID = 3
    public static let orgForm: FieldID = 4
    public static let regDivision: FieldID = 5
    public static let regStatus: FieldID = 6
    public static let categories: FieldID = 7
    public static let smeClass: FieldID = 8
    public static let contactPerson: FieldID = 9
    public static let contactPhone: FieldID = 10

    public enum Group {
        public static let identity: GroupID = 10
        public static let name: GroupID = 11
        public static let registration: GroupID = 12
        public static let categories: GroupID = 13
        public static let size: GroupID = 14
        public static let contact: GroupID = 15
    }

    public static let type = RecordType(
        name: "supplier",
        title: Bilingual("供应商", "Supplier"),
        schemaVersion: 1,
        lane: .records,
        home: .province,
        fields: [
            Field(uscc, "uscc", Bilingual("统一社会信用代码", "Unified social credit code"), .uscc),
            Field(
                name, "name", Bilingual("名称", "Name"), .text(maxBytes: 300), isRequired: true),
            Field(
                formerNames, "formerNames", Bilingual("曾用名", "Former names"),
                .set(of: .text(maxBytes: 300), max: 20)),
            Field(orgForm, "orgForm", Bilingual("组织形式", "Form of organisation"), .code(orgForms)),
            Field(
                regDivision, "regDivision", Bilingual("登记地区划", "Division of registration"),
                .division),
            Field(
                regStatus, "regStatus", Bilingual("登记状态", "Registration status"),
                .code(regStatuses)),
            Field(
                categories, "categories", Bilingual("服务类别", "Service categories"),
                .set(of: .code(ServiceCategory.codes), max: ServiceCategory.codes.count)),
            Field(smeClass, "smeClass", Bilingual("企业规模", "Size of enterprise"), .code(sizes)),
            Field(
                contactPerson, "contactPerson", Bilingual("联系人", "Contact person"),
                .text(maxBytes: 120), isPersonal: true),
            Field(
                contactPhone, "contactPhone", Bilingual("联系电话", "Contact phone"),
                .text(maxBytes: 40), isPersonal: true),
        ],
        groups: [
            FieldGroup(Group.identity, "identity", Bilingual("身份", "Identity"), [uscc]),
            FieldGroup(Group.name, "name", Bilingual("名称", "Name"), [name, formerNames]),
            FieldGroup(
                Group.registration, "registration", Bilingual("登记信息", "Registration"),
                [orgForm, regDivision, regStatus]),
            FieldGroup(
                Group.categories, "categories", Bilingual("服务类别", "Service categories"),
                [categories]),
            FieldGroup(Group.size, "size", Bilingual("企业规模", "Size"), [smeClass]),
            FieldGroup(
                Group.contact, "contact", Bilingual("联系方式", "Contact"),
                [contactPerson, contactPhone]),
        ],
        naturalKey: uscc,
        titleField: name,
        searchFields: [uscc, name, formerNames],
        rules: [
            RecordRule(
                1,
                Bilingual(
                    "曾用名中不应再列现用名称，请删去其一。",
                    "The former names must not hold the present name: remove one of them."),
                [formerNames, name]
            ) { values in
                values[name].map { values.items(formerNames).contains($0) } ?? false
            }
        ])

    static let orgForms = [
        Code("ENTERPRISE", "企业", "Enterprise"),
        Code("SOCIAL_ORGANISATION", "社会组织", "Social organisation"),
        Code("SOLE_TRADER", "个体工商户", "Sole trader"),
        Code("PUBLIC_INSTITUTION", "事业单位", "Public institution"),
    ]

    static let regStatuses = [
        Code("ACTIVE", "存续", "Active"),
        Code("DEREGISTERED", "注销", "Deregistered"),
        Code("REVOKED", "吊销", "Licence revoked"),
        Code("MOVED_OUT", "迁出", "Moved out"),
    ]

    static let sizes = [
        Code("LARGE", "大型", "Large"),
        Code("MEDIUM", "中型", "Medium"),
        Code("SMALL", "小型", "Small"),
        Code("MICRO", "微型", "Micro"),
    ]
}
