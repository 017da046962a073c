/// The page's style sheet. Colours are pairs for light and dark, each with a contrast of 4.5 to 1 or more where text stands.
enum HTMLStyle {
    static let source = """
        :root{--back:#f7f7f5;--paper:#fff;--ink:#1c1f23;--soft:#565d66;--line:#d9dce0;--accent:#0b5fae;--bad:#a81f1f;--warn:#8a5300;--good:#1d6b3a;
        --badback:#fdeeee;--c0:#7f1420;--c1:#c0392b;--c2:#d9822b;--c3:#2f7fc1;--c4:#b59a1f;--c5:#7d55b0;--c6:#2a9187;--c7:#b03a80;--c8:#8c6d46;--c9:#6b7f3a;--c10:#7b8591}
        @media (prefers-color-scheme:dark){:root{--back:#15171a;--paper:#1d2024;--ink:#e8eaed;--soft:#a5adb8;--line:#363b42;--accent:#7cb8f2;--bad:#ff9a92;--warn:#f0b866;
        --good:#7fd09b;--badback:#3a1f20;--c0:#c9485a;--c1:#e8705f;--c2:#eba254;--c3:#5aa5e2;--c4:#d0b848;--c5:#a587d6;--c6:#4fb8ac;--c7:#d76aa8;--c8:#b3926a;--c9:#9bb06a;--c10:#8e98a4}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:1080px;margin:0 auto;padding:0 20px}
        header{padding-top:28px;padding-bottom:4px}
        .tool{margin:0;color:var(--soft);font-weight:600;letter-spacing:.02em}
        h1{margin:.15em 0 .5em;font-size:1.65rem;line-height:1.3;border-left:5px solid var(--accent);padding-left:14px}
        header.bad h1{border-color:var(--bad)} header.good h1{border-color:var(--good)}
        h2{font-size:1.2rem;margin:0 0 .7em} h3{font-size:1rem;margin:0 0 .3em}
        section{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:18px 20px;margin:0 0 18px}
        dl{display:flex;flex-wrap:wrap;gap:4px 28px;margin:0 0 18px;color:var(--soft);font-size:.92rem} dl div{display:flex;gap:8px} dt{font-weight:600;white-space:nowrap} dd{margin:0}
        code{font:.875em/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;white-space:pre-wrap}
        a{color:var(--accent)} :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
        .skip{position:absolute;left:-9999px} .skip:focus{left:12px;top:8px;background:var(--paper);padding:8px 12px;z-index:2}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .note{color:var(--soft);font-size:.92rem} .alert{border-left:4px solid var(--bad);background:var(--badback);padding:10px 14px;border-radius:4px}
        .counts{list-style:none;display:flex;flex-wrap:wrap;gap:10px;margin:0;padding:0} .counts li{border:1px solid var(--line);border-radius:6px;padding:8px 16px;min-width:7.5em;color:var(--soft)}
        .counts strong{display:block;font-size:1.5rem;line-height:1.2;color:var(--ink)} .counts .remove strong,.counts .reinstall strong,.counts .failed strong{color:var(--bad)} .counts .held strong{color:var(--warn)}
        table{border-collapse:collapse;width:100%} th,td{text-align:left;padding:7px 10px 7px 0;vertical-align:top;border-top:1px solid var(--line);font-weight:400}
        thead th{border-top:0;color:var(--soft);font-size:.85rem;font-weight:600} tbody th{font-weight:600} .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .who tbody th{width:36%} .who svg{display:block;width:100%;height:4px;margin-top:3px}
        .bars th .id{color:var(--soft);font-weight:400;font-size:.85em} .bars .wide{width:56%} .bars td.wide{padding-left:14px} .bars svg{display:block;width:100%;height:18px}
        .key{display:inline-block;margin-left:14px;white-space:nowrap} .key svg{width:11px;height:11px;vertical-align:-1px}
        .accountRemoved{fill:var(--c0)} .credentialReentry{fill:var(--c1)} .newProfile{fill:var(--c2)} .firstInstall{fill:var(--c3)} .settingsReset{fill:var(--c4)} .signInChange{fill:var(--c5)}
        .userVisible{fill:var(--c6)} .securityWeakened{fill:var(--c7)} .serverPrerequisite{fill:var(--c8)} .consentPrerequisite{fill:var(--c9)} .ignoredOnOlderOS{fill:var(--c10)}
        rect.unknown{fill:var(--paper);stroke:var(--soft);stroke-width:2;stroke-dasharray:4 3}
        .policies,.gates,.problems,.approvals{list-style:none;margin:0;padding:0} .policies li,.gates li,.problems li,.approvals li{border-top:1px solid var(--line);padding:9px 0} .policies li:first-child,.gates li:first-child,.problems li:first-child,.approvals li:first-child{border-top:0}
        .policies .loosens>strong{color:var(--bad)} .policies .loosens{border-left:4px solid var(--bad);padding-left:12px} .problems .error>strong{color:var(--bad)} .problems .warning>strong{color:var(--warn)} .side{color:var(--soft);display:inline-block;min-width:4em}
        .badge{display:inline-block;border:1px solid currentColor;border-radius:4px;padding:0 7px;font-size:.82rem;font-weight:600;color:var(--soft)} .badge.remove,.badge.reinstall{color:var(--bad)} .badge.create,.badge.documented{color:var(--good)} .badge.update,.badge.held,.badge.inferred{color:var(--warn)}
        .group{border-top:1px solid var(--line);padding:9px 0} summary{cursor:pointer} .worst{display:block;padding-left:1.1em;color:var(--soft)} .changes code{display:inline-block;max-width:100%}
        #filters{display:flex;flex-wrap:wrap;gap:10px 14px;align-items:end;margin-bottom:12px} #filters[hidden]{display:none} label{display:flex;flex-direction:column;font-size:.85rem;color:var(--soft);font-weight:600;max-width:100%}
        input,select,button{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:5px;padding:5px 9px;min-height:36px;max-width:100%} label input,label select{min-width:11em} button{cursor:pointer;white-space:nowrap;overflow-wrap:normal} label input,label select{font-weight:400} button:disabled{opacity:.45;cursor:default}
        .copy{min-height:0;padding:0 9px;margin-left:8px;font-size:.82rem} .command{display:inline-flex;flex-wrap:wrap;align-items:center;gap:2px}
        .list tbody th,.list td{overflow-wrap:break-word} .list td .badge{white-space:nowrap} .list td.number{padding-right:20px} .list .detail>td{background:var(--back);padding:12px} .list button{min-height:0;padding:1px 10px;font-size:.85rem} #pages{display:flex;gap:12px;align-items:center;margin-top:12px} #pages[hidden]{display:none}
        article{border-top:1px solid var(--line);padding:12px 0;scroll-margin-top:8px} article:first-of-type{border:0;padding-top:0} article p{margin:.3em 0} .basis{color:var(--soft);font-size:.92rem} article:target{border-left:4px solid var(--accent);padding-left:12px}
        footer{color:var(--soft);font-size:.88rem;padding-bottom:28px}
        @media (max-width:680px){header,main,footer{padding-left:12px;padding-right:12px} section{padding:14px} h1{font-size:1.3rem}
        .who tbody th{width:45%} .bars thead{display:none} .bars tr{display:grid;grid-template-columns:1fr auto;border-top:1px solid var(--line);padding:6px 0} .bars th,.bars td{border:0;padding:0} .bars td.wide{grid-column:1/3;width:100%;padding:3px 0 0}
        .changes thead,.list thead{display:none} .changes tr,.list tr{display:block;border-top:1px solid var(--line);padding:8px 0} .changes th,.changes td,.list th,.list td{display:block;border:0;padding:2px 0;text-align:left;width:auto}
        .changes td:nth-child(2)::before{content:"before: ";color:var(--soft)} .changes td:nth-child(3)::before{content:"after: ";color:var(--soft)} .list td.number::before{content:"people: ";color:var(--soft)} label,label input,label select{width:100%} .key{display:block;margin:0;white-space:normal}}
        @media print{body{background:#fff;color:#000;font-size:11pt} section{border:0;padding:0;break-inside:auto} #filters,#pages,.copy,.skip,.list button,#matches{display:none!important} .group,article,tr{break-inside:avoid} a{color:inherit;text-decoration:none} svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        @media (prefers-reduced-motion:no-preference){.copy{transition:color .15s}}
        """
}
