extension Templates {
    static let frame = """
        <!DOCTYPE html>
        <html lang="zh-Hans">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light">
        <title>{{title}} · 信用同步</title>
        <link rel="stylesheet" href="{{stylesheet}}">
        </head>
        <body>
        <a class="skip" href="#main">跳到正文</a>
        <header class="top">
        <div class="bar">
        <a class="brand" href="/conflicts">供应商信用同步<span class="brand-part">冲突复核</span></a>
        <nav aria-label="主导航"><a href="/conflicts">待处理冲突</a></nav>
        <p class="here"><span>{{office}}</span><span class="role">{{#isHub}}省级节点{{/isHub}}\
        {{^isHub}}县级节点{{/isHub}}</span><code>{{nodeName}}</code></p>
        </div>
        </header>
        <main id="main" tabindex="-1">
        {{{content}}}
        </main>
        <footer class="foot">时间均为北京时间，按填写人所在单位的时钟记录，仅作参考，不决定先后。</footer>
        </body>
        </html>
        """
}
