extension Templates {
    static let conflictList = """
        <div class="heading">
        <h1>待处理冲突</h1>
        {{#sync}}<p class="sync">上次与省级节点同步：<strong>{{lastSync}}</strong>\
        {{#failure}}<span class="tag warn">最近一次同步未成功</span>{{/failure}}
        {{#isDamaged}}<span class="tag warn">本机存储的数据已损坏，请管理员运行 creditsync repair</span>{{/isDamaged}}</p>{{/sync}}
        </div>
        <form class="filter" method="get" action="/conflicts">
        <div><label for="filter-class">冲突类别</label>
        <select id="filter-class" name="class"><option value="">全部类别</option>
        {{#kinds}}<option value="{{value}}"{{#isSelected}} selected{{/isSelected}}>{{title}}</option>\
        {{/kinds}}</select></div>
        <div><label for="filter-type">记录类型</label>
        <select id="filter-type" name="type"><option value="">全部类型</option>
        {{#types}}<option value="{{value}}"{{#isSelected}} selected{{/isSelected}}>{{title}}</option>\
        {{/types}}</select></div>
        <button class="button quiet" type="submit">筛选</button>
        {{#isFiltered}}<a class="clear" href="/conflicts">清除筛选</a>{{/isFiltered}}
        </form>
        {{#isEmpty}}
        <section class="card empty">
        <p class="empty-mark" aria-hidden="true">✓</p>
        {{#isFiltered}}<h2>没有符合筛选条件的冲突</h2>
        <p>其他类别或类型中可能仍有待处理冲突。<a href="/conflicts">查看全部</a></p>{{/isFiltered}}
        {{^isFiltered}}<h2>无待处理冲突</h2>{{/isFiltered}}
        {{#sync}}<p>以上为本节点截至上次同步（{{lastSync}}）所知的情况。</p>{{/sync}}
        </section>
        {{/isEmpty}}
        {{^isEmpty}}
        <div class="card scroll" role="region" aria-label="待处理冲突列表" tabindex="0">
        <table class="list">
        <thead><tr><th scope="col">类别</th><th scope="col">记录</th><th scope="col">争议内容</th>
        <th scope="col">各方</th><th scope="col">最近修改<small>按修改方时钟</small></th>
        <th scope="col"><span class="hidden">操作</span></th></tr></thead>
        <tbody>
        {{#rows}}
        <tr>
        <td><span class="tag">{{kind}}</span></td>
        <th scope="row"><a href="{{address}}">{{recordTitle}}</a><small>{{typeTitle}}</small></th>
        <td>{{topic}}</td>
        <td>{{#offices}}<span class="line">{{.}}</span>{{/offices}}<small>共 {{sideCount}} 方</small></td>
        <td class="time">{{latest}}</td>
        <td class="go"><a class="button small" href="{{address}}">查看并裁定</a></td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/isEmpty}}
        <nav class="pages" aria-label="分页">
        {{#hasCursor}}<a class="button quiet" href="{{firstPage}}">回到第一页</a>{{/hasCursor}}
        {{#nextPage}}<a class="button quiet" href="{{.}}">下一页</a>{{/nextPage}}
        </nav>
        """
}
