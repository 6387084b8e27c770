extension Templates {
    /// One field of a record in a form. Starts at the margin: a partial's indentation would get
    /// into the text of several lines.
    static let input = """
        {{#.choices}}<fieldset class="field checks" id="{{id}}"><legend>{{label}}</legend>
        {{#.message}}<p class="error" id="{{id}}-error">{{.}}</p>{{/.message}}
        {{#options}}<label class="check"><input type="checkbox" name="{{name}}" value="{{value}}"\
        {{#isSelected}} checked{{/isSelected}}>{{title}}</label>{{/options}}
        </fieldset>{{/.choices}}\
        {{#.simple}}<div class="field"><label for="{{id}}">{{label}}\
        {{#isRequired}}<span class="required">（必填）</span>{{/isRequired}}</label>
        {{#.hint}}<p class="hint" id="{{id}}-hint">{{.}}</p>{{/.hint}}
        {{#.message}}<p class="error" id="{{id}}-error">{{.}}</p>{{/.message}}
        {{#isSelect}}<select id="{{id}}" name="{{name}}"{{#.described}} aria-describedby="{{.}}"\
        {{/.described}}{{#.message}} aria-invalid="true"{{/.message}}>
        {{#options}}<option value="{{value}}"{{#isSelected}} selected{{/isSelected}}>{{title}}</option>\
        {{/options}}</select>{{/isSelect}}\
        {{#isArea}}<textarea id="{{id}}" name="{{name}}" rows="{{rows}}"{{#.described}} \
        aria-describedby="{{.}}"{{/.described}}{{#.message}} aria-invalid="true"{{/.message}}>
        {{text}}</textarea>{{/isArea}}\
        {{#isLine}}<input id="{{id}}" name="{{name}}" type="{{kind}}" value="{{text}}"{{#.described}} \
        aria-describedby="{{.}}"{{/.described}}{{#.message}} aria-invalid="true"{{/.message}} \
        autocomplete="off">{{/isLine}}
        </div>{{/.simple}}
        """
}
