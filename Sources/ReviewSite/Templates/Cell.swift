extension Templates {
    /// One line, since it is used inside cells.
    static let cell = """
        {{#.lines}}<span class="line">{{#.address}}<a href="{{.}}">{{text}}</a>{{/.address}}\
        {{^.address}}{{.text}}{{/.address}}</span>{{/.lines}}\
        {{#.absence}}<span class="absent">{{.}}</span>{{/.absence}}\
        {{#.mark}}<span class="differs">{{.}}</span>{{/.mark}}
        """
}
