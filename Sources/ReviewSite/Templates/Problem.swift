extension Templates {
    static let problem = """
        <section class="card narrow">
        <p class="code">{{code}}</p>
        <h1>{{heading}}</h1>
        <p>{{detail}}</p>
        <p class="actions"><a class="button quiet" href="/conflicts">返回待处理冲突</a></p>
        </section>
        """

    /// The error summary of a form; each line leads to its field.
    static let problems = """
        <div class="notice bad" role="alert" tabindex="-1" id="problems">
        <h2>{{heading}}</h2>
        {{#detail}}<p>{{.}}</p>{{/detail}}
        <ul>
        {{#entries}}<li><a href="#{{anchor}}">{{message}}</a></li>{{/entries}}
        </ul>
        </div>
        """
}
