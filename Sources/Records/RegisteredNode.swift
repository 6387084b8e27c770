import SyncCore

/// 节点: an installation that the hub has registered, its key, and the scopes granted to it.
public enum RegisteredNode {
    public static let node: FieldID = 1
    public static let publicKey: FieldID = 2
    public static let scopes: FieldID = 3
    public static let title: FieldID = 4

    public enum Group {
        public static let identity: GroupID = 10
        public static let grant: GroupID = 11
        public static let title: GroupID = 12
    }

    public static let type = RecordType(
        name: "node",
        title: Bilingual("节点", "Node"),
        schemaVersion: 1,
        lane: .control,
        home: .province,
        fields: [
            Field(node, "node", Bilingual("节点名", "Node"), .nodeName, isRequired: true),
            Field(
                publicKey, "publicKey", Bilingual("公钥", "Public key"), .publicKey,
                isRequired: true),
            Field(
                scopes, "scopes", Bilingual("同步范围", "Scopes"),
                .set(of: .scope, max: Limits.scopesPerExchange), isRequired: true),
            Field(title, "title", Bilingual("名称", "Title"), .text(maxBytes: 200)),
        ],
        groups: [
            FieldGroup(Group.identity, "identity", Bilingual("身份", "Identity"), [node, publicKey]),
            FieldGroup(Group.grant, "grant", Bilingual("授权范围", "Grant"), [scopes]),
            FieldGroup(Group.title, "title", Bilingual("名称", "Title"), [title]),
        ],
        naturalKey: node,
        titleField: node,
        searchFields: [node, title])
}
