"""Uses pages of the HTML report as a person would, and prints what is wrong with them.

    check.py WHOLE HOSTILE BIG    three pages: one with all that can happen, one full of hostile text, one with 100,000 rows
"""

import sys
import time

from webdriver import Browser

whole, hostile, big = ("file://" + page for page in sys.argv[1:4])
TAB, ENTER = "\ue004", "\ue007"
ROWS = "return [...document.querySelectorAll('#rows tr:not(.detail)')].map(row => row.innerText.replace(/\\s+/g, ' '))"


def expect(truth, what):
    if not truth:
        print("FAILED:", what)


def quiet(browser, where):
    log = [entry["message"] for entry in browser.log()]
    expect(not log, f"{where}: the console says {log}")


def choose(browser, selector, value):
    browser.run(
        "const s = document.querySelector(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('input', {bubbles: true}))", selector, value)
    settle(browser)


def settle(browser):
    time.sleep(0.15)  # Filters wait for the end of typing.
    return browser.text("#matches")


def narrow(browser, where):
    wide = browser.run("return document.documentElement.scrollWidth - innerWidth")
    expect(wide <= 0, f"{where}: the page is {wide} pixels too wide")


with Browser() as browser:
    browser.open(whole)
    quiet(browser, "opening")
    narrow(browser, "desktop")
    expect("9" == browser.text("#matches").split()[1], "all profiles that change: " + browser.text("#matches"))
    expect("must enter their credentials" in browser.text("main"), "the summary")

    # Browsers skip what they do not understand in a style sheet and say nothing: so each rule and each declaration is asked for.
    bad = browser.run("""
        const sheet = document.styleSheets[0], text = sheet.ownerNode.textContent.replace(/\\/\\*[^]*?\\*\\//g, '');
        const count = rules => [...rules].reduce((sum, rule) => sum + 1 + (rule.media ? count(rule.cssRules) : 0), 0);
        const bad = [...text.matchAll(/([-\\w]+)\\s*:\\s*([^;{}]+);/g)].filter(([, name, value]) => !CSS.supports(name, value.replace('!important', ''))).map(([all]) => all);
        return bad.concat(count(sheet.cssRules) === text.split('{').length - 1 ? [] : ['a rule is lost'])""")
    expect(not bad, f"the style sheet: {bad}")

    # Search, and every filter.
    browser.type("#f-text", "staff litware")
    settle(browser)
    rows = browser.run(ROWS)
    expect(len(rows) == 1 and rows[0].startswith("litware Staff mail staff-mail update"), f"search: {rows}")
    browser.click("#filters button[type=reset]")
    expect(settle(browser).startswith("All 9"), "reset")
    browser.type("#f-text", "vpnprofile")
    settle(browser)
    expect(len(browser.run(ROWS)) == 1, "search by setting")
    browser.click("#filters button[type=reset]")
    browser.type("#f-tenant", "WING")
    settle(browser)
    expect(len(browser.run(ROWS)) == 3, "by tenant, letter case aside")
    browser.click("#filters button[type=reset]")
    settle(browser)
    for selector, value, count in [("#f-consequence", "accountRemoved", 2), ("#f-rule", "EAS001", 3), ("#f-action", "update", 4), ("#f-held", "held", 1)]:
        choose(browser, selector, value)
        expect(len(browser.run(ROWS)) == count, f"{selector} {value}: {browser.run(ROWS)}")
        browser.click("#filters button[type=reset]")
        settle(browser)

    # Details, and the command to copy.
    choose(browser, "#f-held", "held")
    browser.click("#rows button")
    detail = browser.text("#rows tr.detail")
    expect("/account/ssl true false EAS010 EAS009" in " ".join(detail.split()) or "/account/ssl true false EAS009 EAS010" in " ".join(detail.split()), f"side by side: {detail}")
    expect(browser.run("return document.querySelector('#rows button').getAttribute('aria-expanded')") == "true", "expanded is told")
    browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.click("#rows .copy")
    time.sleep(0.1)
    expect(browser.text("#rows .copy") == "Copied", "the button says that it has copied")
    copied = browser.run("return navigator.clipboard.readText()")
    expect(copied.startswith("easel approve ") and len(copied) == 26, f"copied: {copied!r}")
    browser.click("#rows .detail a")
    expect(browser.run("return document.querySelector('article:target h3').innerText").startswith("EAS0"), "a rule's link leads to its explanation")
    browser.click("#rows button")
    expect(browser.run("return document.querySelector('#rows tr.detail').hidden"), "closed again")
    quiet(browser, "use")

    # With the keyboard alone.
    browser.open(whole)
    browser.press(TAB)
    expect(browser.run("return document.activeElement.className") == "skip", "the first stop skips to the report")
    for _ in range(60):
        browser.press(TAB)
        if browser.run("return document.activeElement.tagName") == "SUMMARY":
            break
    browser.press(ENTER)
    expect(browser.run("return document.activeElement.parentElement.open"), "a group opens by Enter")
    for _ in range(60):
        browser.press(TAB)
        if browser.run("return document.activeElement.closest('#rows') !== null"):
            break
    browser.press(ENTER)
    expect(browser.run("return !document.querySelector('#rows tr.detail').hidden"), "details open by Enter")
    outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
    expect(outline != "none", "focus is seen")

    # What assistive technology needs.
    nameless = browser.run(
        "return [...document.querySelectorAll('input,select,button,svg[role=img]')].filter(e => !(e.getAttribute('aria-label') || e.innerText || (e.labels && e.labels.length))).length")
    expect(nameless == 0, f"{nameless} controls without a name")
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    expect(levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), f"headings: {levels}")

for dark in (False, True):
    with Browser(dark=dark) as browser:
        browser.open(whole)
        # WCAG 2.1, 1.4.3: contrast of text, 4.5 to 1.
        poor = browser.run("""
            const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
            const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
            const back = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255,255,255)'; };
            return [...document.querySelectorAll('main *, header *, footer *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.offsetParent)
              .map(e => { const a = light(getComputedStyle(e).color), b = light(back(e)); return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className || e.tagName]; })
              .filter(p => p[0] < 4.5).map(p => p.join(' '))""")
        expect(not poor, f"contrast, dark {dark}: {sorted(set(poor))}")
        expect((browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(247, 247, 245)") != dark, f"dark {dark}")

with Browser(width=390, height=844) as browser:
    for page in (whole, hostile):
        browser.open(page)
        browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
        narrow(browser, "phone")
    quiet(browser, "phone")

with Browser() as browser:
    browser.open(hostile)
    quiet(browser, "hostile text")
    expect(browser.run("return document.scripts.length") == 2 and not browser.run("return document.querySelector('img,iframe,object,form:not(#filters)')"), "no element of an attacker's")
    expect(browser.run("return [...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))"), "no link of an attacker's")
    expect("<script>alert('HOSTILE')</script>" in browser.run("return document.body.textContent"), "hostile text is shown as it is")
    for index in range(6):
        browser.run("document.querySelectorAll('#rows button[aria-expanded]')[arguments[0]].click()", index)
    quiet(browser, "hostile details")
    # Nothing else may run: what an attacker could have slipped in is refused.
    browser.run("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    expect(browser.run("return window.ran === undefined"), "the policy of the page lets nothing run but its own")

with Browser() as browser:
    start = time.time()
    browser.open(big)
    expect(browser.text("#matches").startswith("All 100,000"), "all are there: " + browser.text("#matches"))
    opened = time.time() - start
    expect(opened < 20, f"opened in {opened:.1f} s")
    took = browser.run("""
        const field = document.getElementById('f-text'), form = document.getElementById('filters');
        let worst = 0;
        for (const text of ['t', 't0', 't099', 'staff', 'nothing like it', '']) {
          field.value = text;
          const start = performance.now();
          form.dispatchEvent(new Event('submit', {cancelable: true}));
          document.body.getBoundingClientRect();
          worst = Math.max(worst, performance.now() - start);
        }
        return worst""")
    expect(took < 1500, f"one filter took {took:.0f} ms")
    browser.run("document.getElementById('next').click()")
    expect(browser.text("#page").startswith("Page 2 of 2,000"), browser.text("#page"))
    quiet(browser, "a hundred thousand rows")
    print(f"opened in {opened:.1f} s, a filter takes {took:.0f} ms at most", file=sys.stderr)
