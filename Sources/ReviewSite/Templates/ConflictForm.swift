extension Templates {
    static let decisionForm = """
        <section class="card decide" aria-labelledby="decide-title">
        <h2 id="decide-title">作出裁定</h2>
        <form method="post" action="{{action}}" novalidate>
        <input type="hidden" name="token" value="{{token}}">
        <input type="hidden" name="shown" value="{{shown}}">
        {{#onlyChoice}}<input type="hidden" name="choice" value="{{.}}">{{/onlyChoice}}
        <fieldset class="choices"{{#onlyChoice}} id="decision"{{/onlyChoice}}\
        {{#choiceMessage}} aria-describedby="decision-error"{{/choiceMessage}}>
        <legend>{{legend}}</legend>
        {{#choiceMessage}}<p class="error" id="decision-error">{{.}}</p>{{/choiceMessage}}
        {{#options}}
        <div class="option">
        <input type="radio" name="choice" id="{{id}}" value="{{value}}"{{#isChosen}} checked{{/isChosen}}>
        <label for="{{id}}"><strong>{{title}}</strong>{{#.detail}}<small>{{.}}</small>{{/.detail}}</label>
        {{#hasInputs}}<fieldset class="inputs"><legend>新值</legend>
        {{#inputs}}{{>input}}{{/inputs}}
        </fieldset>{{/hasInputs}}
        </div>
        {{/options}}
        {{#onlyChoice}}<div class="inputs">{{#inputs}}{{>input}}{{/inputs}}</div>{{/onlyChoice}}
        </fieldset>
        <div class="field wide">
        <label for="reason">裁定理由<span class="required">（必填）</span></label>
        <p class="hint" id="reason-hint">写明依据，例如核实的证照、文号或与哪一方确认过。理由会随裁定永久保存并同步。</p>
        {{#reasonMessage}}<p class="error" id="reason-error">{{.}}</p>{{/reasonMessage}}
        <textarea id="reason" name="reason" rows="4" required \
        aria-describedby="reason-hint{{#reasonMessage}} reason-error{{/reasonMessage}}"\
        {{#reasonMessage}} aria-invalid="true"{{/reasonMessage}}>
        {{reason}}</textarea>
        </div>
        <div class="field">
        <label for="user">经办人代码<span class="required">（必填）</span></label>
        <p class="hint" id="user-hint">填代码，不填姓名。尚未启用账号，系统按“未认证”记录。</p>
        {{#userMessage}}<p class="error" id="user-error">{{.}}</p>{{/userMessage}}
        <input id="user" name="user" value="{{user}}" required maxlength="32" \
        autocomplete="username" spellcheck="false" \
        aria-describedby="user-hint{{#userMessage}} user-error{{/userMessage}}"\
        {{#userMessage}} aria-invalid="true"{{/userMessage}}>
        </div>
        <p class="after">裁定不删除任何一方的内容：未采用的内容仍保留在记录历史中，可以查到。</p>
        <p class="actions"><button class="button" type="submit">提交裁定</button>\
        <a href="/conflicts">暂不裁定，返回列表</a></p>
        </form>
        </section>
        """

    static let closedConflict = """
        <section class="card narrow">
        <h1>该冲突已不再待处理</h1>
        <p>可能已由本单位或其他单位裁定，也可能地址有误。记录历史中可以看到裁定的内容和理由。</p>
        {{#draft}}<div class="field wide"><label for="draft">您填写的理由（未提交，可复制留用）</label>
        <textarea id="draft" rows="4" readonly>
        {{.}}</textarea></div>{{/draft}}
        <p class="actions">{{#record}}<a class="button" href="{{.}}">查看记录与历史</a>{{/record}}\
        <a class="button quiet" href="/conflicts">返回待处理冲突</a></p>
        </section>
        """
}
