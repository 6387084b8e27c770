extension Templates {
    static let record = """
        {{#wasDecided}}<p class="notice good" role="status"><strong>裁定已记录。</strong>\
        下面是裁定后的记录，本次裁定见历史。<a href="/conflicts">继续处理其他冲突</a></p>{{/wasDecided}}
        <div class="heading">
        <p><span class="tag plain">{{typeTitle}}</span>\
        {{#isWithdrawn}}<span class="tag warn">已撤销</span>{{/isWithdrawn}}</p>
        <h1>{{title}}</h1>
        <p class="refs"><span>记录编号 <code>{{id}}</code></span></p>
        </div>
        {{#isWithdrawn}}<p class="notice">这条记录已被撤销，不再有效；内容与历史仍完整保留。</p>{{/isWithdrawn}}
        {{#mergedInto}}<p class="notice">这条记录是重复登记，已并入：{{>cell}}</p>{{/mergedInto}}
        {{#needsUpgrade}}<p class="notice">该类型属于更高版本，需升级后查看内容。</p>{{/needsUpgrade}}
        {{#hasConflicts}}
        <div class="notice bad">
        <h2>有待处理的冲突</h2>
        <ul>{{#conflicts}}<li><a href="{{address}}">{{title}}</a></li>{{/conflicts}}</ul>
        <p>标有“暂定”的内容在裁定之前仅供参考，不用于公示、支付和统计。</p>
        </div>
        {{/hasConflicts}}
        <div class="groups">
        {{#groups}}
        <section class="card group">
        <h2>{{title}}{{#isProvisional}}<span class="tag warn">暂定</span>{{/isProvisional}}</h2>
        <dl>
        {{#rows}}<div><dt>{{label}}</dt><dd>{{#cell}}{{>cell}}{{/cell}}</dd></div>
        {{/rows}}
        </dl>
        {{#.conflict}}<p class="more"><a href="{{.}}">查看争议并裁定</a></p>{{/.conflict}}
        </section>
        {{/groups}}
        </div>
        <section aria-labelledby="history-title">
        <h2 id="history-title">历史</h2>
        <p class="quiet-text">看过其他变更之后作出的排在上面。每次变更都永久保留。</p>
        <div class="card scroll" role="region" aria-labelledby="history-title" tabindex="0">
        <table class="list history">
        <thead><tr><th scope="col">变更</th><th scope="col">内容</th><th scope="col">经办人与单位</th>
        <th scope="col">时间</th><th scope="col">理由</th><th scope="col">状态</th></tr></thead>
        <tbody>
        {{#history}}
        <tr>
        <th scope="row">{{kind}}<small><code>{{id}}</code></small></th>
        <td>{{#written}}<span class="line">{{.}}</span>{{/written}}</td>
        <td>{{origin.author}}<small>{{origin.office}}</small>\
        <small><code>{{origin.nodeName}}</code></small></td>
        <td class="time">{{origin.time}}<small>{{origin.clock}}</small></td>
        <td class="why">{{#.reason}}{{.}}{{/.reason}}{{^.reason}}<span class="absent">—</span>{{/.reason}}</td>
        <td><span class="tag {{#isAccepted}}plain{{/isAccepted}}{{^isAccepted}}warn{{/isAccepted}}">\
        {{standing}}</span></td>
        </tr>
        {{/history}}
        </tbody>
        </table>
        </div>
        </section>
        """
}
