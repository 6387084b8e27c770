extension Templates {
    /// Chromium 90 and later: no nesting, no `:has`, no container queries.
    static let stylesheet = """
        :root{--ink:#1b2733;--soft:#526070;--line:#d5dce4;--faint:#eef2f6;--page:#f5f7f9;
        --deep:#17466b;--deep-dark:#0f334f;--amber:#7a4b00;--amber-faint:#fff6e2;--amber-line:#c98a1b;
        --red:#9c1f1f;--red-faint:#fdf1f0;--green:#1d5c3a;--green-faint:#eef7f1}
        *{box-sizing:border-box}
        html{font-size:16px;-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);line-height:1.65;
        font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",
        "WenQuanYi Micro Hei",system-ui,sans-serif}
        a{color:var(--deep);text-underline-offset:.2em}
        a:hover{color:var(--deep-dark);text-decoration-thickness:2px}
        :focus{outline:none}
        :focus-visible,main:target{outline:3px solid #c77700;outline-offset:2px}
        code{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace;font-size:.875em;
        overflow-wrap:anywhere}
        small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft);line-height:1.5}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
        white-space:nowrap}
        .skip{position:absolute;left:1rem;top:-4rem;z-index:2;padding:.5rem 1rem;background:#fff;
        border-radius:4px}
        .skip:focus{top:.5rem}
        .top{background:var(--deep);color:#fff;border-bottom:3px solid #c9a24a}
        .bar{max-width:1240px;margin:0 auto;padding:.75rem 1.5rem;display:flex;flex-wrap:wrap;
        align-items:center;gap:.25rem 2rem}
        .top a{color:#fff;text-decoration:none;padding:.25rem 0}
        .top nav a:hover,.top a:hover{text-decoration:underline}
        .top :focus-visible{outline-color:#ffd27a}
        .brand{font-size:1.125rem;font-weight:700;letter-spacing:.04em}
        .brand-part{font-weight:400;margin-left:.75rem;padding-left:.75rem;
        border-left:1px solid #7f9db5}
        .here{margin:0 0 0 auto;display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem;
        font-size:.875rem}
        .here .role{border:1px solid #a9c0d2;border-radius:3px;padding:0 .5rem}
        main{max-width:1240px;margin:0 auto;padding:1.5rem 1.5rem 3rem;outline:none}
        .foot{max-width:1240px;margin:0 auto;padding:1rem 1.5rem 2rem;color:var(--soft);
        font-size:.8125rem;border-top:1px solid var(--line)}
        h1{font-size:1.625rem;line-height:1.35;margin:.25rem 0 .5rem;font-weight:700;
        overflow-wrap:anywhere}
        h2{font-size:1.1875rem;line-height:1.4;margin:0 0 .75rem}
        section>h2{margin-top:2rem}
        section.card>h2{margin-top:0}
        .topic{display:inline-block;margin-left:.75rem;padding-left:.75rem;font-weight:400;
        border-left:2px solid var(--line);color:var(--soft)}
        .heading{margin-bottom:1.25rem}
        .heading p{margin:.25rem 0}
        .lead{font-size:1.0625rem;max-width:54rem}
        .rule{border-left:4px solid var(--amber-line);background:var(--amber-faint);
        padding:.5rem 1rem;max-width:54rem}
        .refs{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;font-size:.875rem;color:var(--soft)}
        .quiet-text{color:var(--soft);font-size:.875rem}
        p.quiet-text{margin:-.5rem 0 .75rem}
        .trail{font-size:.875rem;color:var(--soft);margin-bottom:.75rem}
        .trail span{margin:0 .5rem}
        .card{background:#fff;border:1px solid var(--line);border-radius:6px}
        .narrow{max-width:44rem;padding:2rem;margin:1rem auto}
        .narrow .code{color:var(--soft);font-size:.875rem;margin:0}
        .scroll{overflow-x:auto}
        .tag{display:inline-block;border:1px solid #88a4ba;background:#eaf1f7;color:var(--deep-dark);
        border-radius:3px;padding:0 .5rem;font-size:.875rem;font-weight:600;white-space:nowrap;
        margin-right:.5rem}
        .tag.plain{border-color:var(--line);background:#fff;color:var(--soft);font-weight:400}
        .tag.warn{border-color:var(--amber-line);background:var(--amber-faint);color:var(--amber)}
        h2 .tag,.who .tag{margin:0 0 0 .5rem;font-size:.8125rem}
        .sync .tag{margin-left:.75rem}
        .notice{border:1px solid #b8c9d8;border-left:5px solid var(--deep);background:#fff;
        padding:.75rem 1.25rem;border-radius:4px;margin:0 0 1.25rem}
        .notice h2{margin:0 0 .25rem;font-size:1.0625rem}
        .notice p{margin:.25rem 0}
        .notice ul{margin:.25rem 0;padding-left:1.25rem}
        p.notice{margin:0 0 1.25rem}
        .notice.bad{border-color:#d9a3a0;border-left-color:var(--red);background:var(--red-faint)}
        .notice.bad h2{color:var(--red)}
        .notice.good{border-color:#9cc4ad;border-left-color:var(--green);background:var(--green-faint)}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.75rem 1rem;border-bottom:1px solid var(--line)}
        tbody tr:last-child>*{border-bottom:0}
        thead th{background:var(--faint);font-weight:600}
        .list thead th{font-size:.875rem;color:var(--soft);white-space:nowrap}
        .list tbody tr:hover{background:#f8fafc}
        .list th[scope=row]{font-weight:600;min-width:12rem}
        .time{white-space:nowrap;font-variant-numeric:tabular-nums}
        .go{text-align:right;white-space:nowrap}
        .why{min-width:12rem;white-space:pre-line;overflow-wrap:anywhere}
        .line{display:block;white-space:pre-line;overflow-wrap:anywhere}
        .absent{color:var(--soft);font-style:normal}
        .compare th,.compare td{min-width:13rem}
        .compare .corner,.compare th[scope=row]{min-width:9rem;width:9rem}
        .compare th[scope=row]{background:var(--faint);font-weight:600}
        .compare td,.compare thead th{border-left:1px solid var(--line)}
        .compare thead th.corner{border-left:0}
        .compare .base{background:#fafbfc}
        .compare thead .base{background:var(--faint)}
        .compare thead th{border-bottom:2px solid #b4c0cc}
        .compare th.new{box-shadow:inset 0 4px 0 var(--amber-line)}
        .who{display:flex;align-items:center;flex-wrap:wrap;font-weight:700;margin-bottom:.25rem}
        .mark{display:inline-flex;min-width:1.75rem;height:1.75rem;padding:0 .3rem;
        align-items:center;justify-content:center;margin-right:.5rem;border:2px solid var(--deep);
        border-radius:1rem;color:var(--deep);background:#fff;font-size:.9375rem}
        small.reason{margin-top:.25rem;color:var(--ink);white-space:pre-line;overflow-wrap:anywhere}
        .marked{background:var(--amber-faint);box-shadow:inset 4px 0 0 var(--amber-line)}
        .differs{display:inline-block;margin-top:.25rem;font-size:.8125rem;color:var(--amber);
        border-bottom:1px dashed var(--amber-line)}
        .differs::before{content:"◆ "}
        .filter{display:flex;flex-wrap:wrap;align-items:flex-end;gap:.75rem 1rem;margin-bottom:1.25rem}
        .filter label{display:block;font-size:.875rem;color:var(--soft)}
        .filter .clear{padding:.5rem 0}
        input,select,textarea{font:inherit;color:inherit;background:#fff;border:1px solid #7b8794;
        border-radius:4px;padding:.4rem .6rem;max-width:100%}
        input[type=radio],input[type=checkbox]{width:1.25rem;height:1.25rem;margin:0;
        accent-color:var(--deep)}
        select{min-height:2.5rem;min-width:11rem}
        .field input,.field select{width:22rem;min-height:2.5rem}
        textarea{width:100%;max-width:46rem;resize:vertical}
        [aria-invalid=true]{border:2px solid var(--red)}
        .button{display:inline-block;font:inherit;font-weight:600;border:1px solid var(--deep);
        background:var(--deep);color:#fff;border-radius:4px;padding:.5rem 1.25rem;cursor:pointer;
        text-decoration:none}
        .button:hover{background:var(--deep-dark);color:#fff;text-decoration:none}
        .button.quiet{background:#fff;color:var(--deep);padding:.45rem 1.1rem}
        .button.quiet:hover{background:#eaf1f7;color:var(--deep-dark)}
        .button.small{padding:.25rem .875rem;font-size:.9375rem}
        .empty{text-align:center;padding:3.5rem 1.5rem;color:var(--soft)}
        .empty h2{color:var(--ink)}
        .empty-mark{width:3.5rem;height:3.5rem;line-height:3.25rem;margin:0 auto 1rem;font-size:1.5rem;
        border:2px solid var(--green);border-radius:50%;color:var(--green)}
        .pages{display:flex;gap:1rem;justify-content:flex-end;margin-top:1.25rem}
        .decide{margin-top:2rem;padding:1.5rem 2rem 1.75rem}
        fieldset{border:0;margin:0;padding:0;min-width:0}
        legend{padding:0;font-weight:700}
        .choices{margin-bottom:1.75rem}
        .choices>legend{margin-bottom:.75rem}
        .option{position:relative;border:1px solid var(--line);border-radius:4px;margin-top:-1px;
        padding:.875rem 1rem .875rem 3.25rem;max-width:54rem}
        .option>input{position:absolute;left:1.125rem;top:1.05rem}
        .option>label{display:block;cursor:pointer}
        .option:hover{background:#f8fafc}
        .option>input:checked+label strong{color:var(--deep)}
        .inputs{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));
        gap:1.25rem 1.5rem;align-items:start;margin-top:.75rem}
        .option .inputs{border-left:3px solid var(--line);padding-left:1.25rem}
        .inputs>legend{margin-bottom:.5rem;font-size:.9375rem}
        .inputs .field{margin:0}
        .inputs .field input,.inputs .field select,.inputs textarea{width:100%}
        .field{margin-bottom:1.5rem}
        .field>label,.checks>legend{display:block;font-weight:700;margin-bottom:.25rem}
        .checks{grid-column:1/-1}
        .check{display:inline-flex;align-items:center;gap:.5rem;margin:.25rem 1.5rem .25rem 0;
        min-height:1.75rem}
        .required{font-weight:400;color:var(--soft);font-size:.875rem}
        .hint{margin:0 0 .35rem;color:var(--soft);font-size:.875rem}
        .error{margin:0 0 .35rem;color:var(--red);font-weight:600}
        .error::before{content:"✕ "}
        .after{color:var(--soft);font-size:.875rem;margin:0 0 1rem}
        .actions{display:flex;flex-wrap:wrap;align-items:center;gap:1rem 1.5rem;margin:0}
        .narrow .actions{margin-top:1.5rem}
        .groups{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1.25rem}
        .group{padding:1.25rem 1.5rem}
        .group h2{font-size:1.0625rem;padding-bottom:.5rem;border-bottom:1px solid var(--line)}
        dl{margin:0}
        dl>div{display:flex;gap:1rem;align-items:baseline;padding:.3rem 0}
        dt{flex:0 0 8.5rem;color:var(--soft)}
        dd{margin:0;flex:1;min-width:0}
        .more{margin:.75rem 0 0}
        @media (max-width:40rem){main,.bar{padding-left:1rem;padding-right:1rem}.here{margin-left:0}
        .decide{padding:1.25rem 1rem}.inputs,.groups{grid-template-columns:1fr}}
        @media (prefers-contrast:more){:root{--soft:#33404d;--line:#6b7885}}
        @page{size:A4;margin:15mm 12mm}
        @media print{html{font-size:11pt}body,.card,.base,thead th,.compare th[scope=row]{background:#fff}
        .top{background:#fff;color:#000;border-bottom:1pt solid #000}.top a{color:#000}
        .top nav,.skip,.filter,.pages,.trail,.actions,.go,.hint,.button{display:none}
        .bar,main,.foot{max-width:none;padding-left:0;padding-right:0}.scroll{overflow:visible}
        .compare th,.compare td,.compare .corner{min-width:0;padding:.4rem .5rem}
        .card,tr,.option,.field{break-inside:avoid}.compare{table-layout:fixed}
        a{color:#000;text-decoration:none}}
        """
}
