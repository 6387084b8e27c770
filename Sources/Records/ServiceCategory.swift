/// The nine categories of logistics services that the literature behind this system quotes.
public enum ServiceCategory {
    public static let codes = [
        Code("CONSTRUCTION", "基本建设类", "Construction"),
        Code("MAINTENANCE", "维护维修类", "Maintenance and repair"),
        Code("ASSET", "资产服务类", "Asset services"),
        Code("CONFERENCE", "会议培训类", "Conferences and training"),
        Code("RECEPTION", "公务接待类", "Official reception"),
        Code("PROPERTY", "物业服务类", "Property management"),
        Code("CATERING", "餐饮服务类", "Catering"),
        Code("CHILDCARE", "幼教保育类", "Childcare"),
        Code("SECURITY", "安全保卫类", "Security"),
    ]
}
