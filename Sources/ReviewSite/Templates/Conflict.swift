extension Templates {
    static let conflict = """
        <nav class="trail" aria-label="当前位置"><a href="/conflicts">待处理冲突</a>\
        <span aria-hidden="true">›</span>{{topic}}</nav>
        {{#problems}}{{>problems}}{{/problems}}
        <div class="heading">
        <p><span class="tag">{{kind}}</span><span class="quiet-text">{{typeTitle}}</span></p>
        <h1>{{recordTitle}}<span class="topic">{{topic}}</span></h1>
        <p class="lead">{{explanation}}</p>
        {{#rule}}<p class="rule"><strong>规则：</strong>{{.}}</p>{{/rule}}
        <p class="refs">{{#record}}<a href="{{.}}">查看整条记录与历史</a>{{/record}}\
        <span>冲突编号 <code>{{name}}</code></span></p>
        </div>
        {{#comparison}}
        <section aria-labelledby="comparison-title">
        <h2 id="comparison-title">各方内容对照</h2>
        <div class="card scroll" role="region" aria-labelledby="comparison-title" tabindex="0">
        <table class="compare">
        <thead>
        <tr><th scope="col" class="corner">字段</th>
        {{#.baseTitle}}<th scope="col" class="base"><span class="who">{{.}}</span>\
        <small>{{baseNote}}</small></th>{{/.baseTitle}}
        {{#columns}}<th scope="col"{{#isNew}} class="new"{{/isNew}}>\
        <span class="who"><b class="mark">{{mark}}</b>{{origin.office}}\
        {{#isNew}}<span class="tag warn">新</span>{{/isNew}}</span>
        <small><code>{{origin.nodeName}}</code> · {{kind}}人 {{origin.author}}</small>
        <small>{{origin.time}}（{{origin.clock}}）</small>
        {{#.reason}}<small class="reason">理由：{{.}}</small>{{/.reason}}\
        {{#.record}}<small><a href="{{.}}">查看该记录</a></small>{{/.record}}</th>{{/columns}}</tr>
        </thead>
        <tbody>
        {{#rows}}
        <tr><th scope="row">{{label}}</th>{{#.base}}<td class="base">{{>cell}}</td>{{/.base}}\
        {{#cells}}<td{{#.mark}} class="marked"{{/.mark}}>{{>cell}}</td>{{/cells}}</tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </section>
        {{/comparison}}
        {{#form}}{{>decisionForm}}{{/form}}
        {{^form}}<p class="notice">这条记录的类型或字段属于更高版本，需升级后才能裁定。</p>{{/form}}
        """
}
