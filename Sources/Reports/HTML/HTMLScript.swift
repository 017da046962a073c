/// The page's script: search, filters, the list of profiles in pages, details, copying. Data becomes text nodes, never
/// markup. A hundred thousand rows are filtered in one pass over prepared texts; only a page of them is ever in the document.
enum HTMLScript {
    static let source = #"""
        'use strict';
        (() => {
        const $ = id => document.getElementById(id), perPage = 50;
        const data = JSON.parse($('data').textContent);
        const rank = new Map(data.consequences.map((c, i) => [c[0], i])), words = new Map(data.consequences), titles = new Map(data.rules);
        const none = data.consequences.length;
        const kinds = data.kinds.map(([action, label, changes, consequences, advice]) => {
          const list = changes.map(c => data.changes[c]);
          const rules = new Set(advice.map(a => a[0]));
          for (const c of list) for (const r of c[3]) rules.add(r);
          return {action, label, changes: list, consequences, advice, rules, set: new Set(consequences), worst: consequences.length ? rank.get(consequences[0]) : none,
            text: list.map(c => c[0]).join(' ').toLowerCase()};
        });
        const rows = [];
        for (const [id, name, profiles] of data.tenants) {
          const tenant = (id + ' ' + name).toLowerCase();
          for (const [profile, title, kind, people, held, print] of profiles)
            rows.push({id, name, profile, title, kind: kinds[kind], people, held: data.held[held], print, tenant, text: (profile + ' ' + title).toLowerCase()});
        }
        // Worst first; a number that nobody knows may be any; else as the report has them.
        rows.forEach((row, i) => { row.order = i; });
        rows.sort((a, b) => a.kind.worst - b.kind.worst || (b.people < 0) - (a.people < 0) || b.people - a.people || a.order - b.order);
        let shown = rows, page = 0;

        const number = n => n < 0 ? 'unknown' : String(n).replace(/\B(?=(\d{3})+$)/g, ',');
        function make(name, text, className) {
          const element = document.createElement(name);
          if (text !== undefined) element.textContent = text;
          if (className) element.className = className;
          return element;
        }
        function fill(select, options) { for (const [value, text] of options) { const o = make('option', text); o.value = value; select.append(o); } }
        fill($('f-consequence'), data.consequences.filter(c => kinds.some(k => k.set.has(c[0]))));
        fill($('f-rule'), data.rules.map(([id, title]) => [id, id + ' ' + title]));
        fill($('f-action'), [...new Set(kinds.map(k => k.label))].sort().map(a => [a, a]));

        function filter() {
          const terms = $('f-text').value.toLowerCase().split(/\s+/).filter(Boolean), tenant = $('f-tenant').value.trim().toLowerCase();
          const consequence = $('f-consequence').value, rule = $('f-rule').value, action = $('f-action').value, held = $('f-held').value;
          const fits = new Map(kinds.map(k => [k, (!consequence || k.set.has(consequence)) && (!rule || k.rules.has(rule)) && (!action || k.label === action)]));
          shown = rows.filter(row => fits.get(row.kind) && (!held || (held === 'held') === row.held.length > 0) && (!tenant || row.tenant.includes(tenant))
            && terms.every(t => row.text.includes(t) || row.tenant.includes(t) || row.kind.text.includes(t)));
          page = 0;
          draw();
        }

        function copyButton(command) {
          const span = make('span', undefined, 'command');
          const button = make('button', 'Copy', 'copy');
          button.type = 'button';
          button.setAttribute('aria-label', 'Copy the command');
          span.append(make('code', command), button);
          return span;
        }

        function details(row) {
          const cell = make('td');
          cell.colSpan = 6;
          const list = make('ul');
          for (const c of row.kind.consequences) list.append(make('li', 'They ' + words.get(c)));
          if (list.children.length) cell.append(list);
          const changes = row.kind.changes.filter(c => c[0]);
          if (changes.length) {
            const table = make('table', undefined, 'changes'), head = make('tr'), body = make('tbody');
            for (const title of ['Setting', 'Before', 'After', 'Why']) { const th = make('th', title); th.scope = 'col'; head.append(th); }
            const thead = make('thead');
            thead.append(head);
            for (const [path, before, after, rules] of changes) {
              const line = make('tr'), th = make('th'), was = make('td'), now = make('td');
              th.scope = 'row';
              th.append(make('code', path));
              was.append(make('code', data.values[before]));
              now.append(make('code', data.values[after]));
              line.append(th, was, now, why(make('td'), rules));
              body.append(line);
            }
            table.append(thead, body);
            cell.append(table);
          } else {
            cell.append(why(make('p', row.kind.action === 'create' ? 'A new profile. ' : row.kind.action === 'remove' ? 'The profile goes. ' : ''), row.kind.changes.flatMap(c => c[3])));
          }
          for (const [rule, path] of row.kind.advice) {
            const p = make('p', 'New: ');
            why(p, [rule]);
            p.append((titles.get(rule) || '') + (path ? ' (' + path + ')' : ''));
            cell.append(p);
          }
          if (row.held.length) {
            const p = make('p', 'Held by ' + row.held.join(', ') + '. ');
            p.append(copyButton('easel approve ' + row.print));
            cell.append(p);
          } else if (row.print) {
            const p = make('p', 'Fingerprint ', 'note');
            p.append(make('code', row.print));
            cell.append(p);
          }
          return cell;
        }

        function why(element, rules) {
          for (const rule of rules) {
            const link = make('a', rule);
            link.href = '#' + rule;
            link.title = titles.get(rule) || '';
            element.append(link, ' ');
          }
          return element;
        }

        function draw() {
          const body = $('rows'), start = page * perPage, some = shown.slice(start, start + perPage);
          body.textContent = '';
          some.forEach((row, index) => {
            const line = make('tr'), tenant = make('th'), action = make('td'), people = make('td', number(row.people), 'number');
            tenant.scope = 'row';
            tenant.append(make('span', row.id));
            tenant.title = row.name;
            const profile = make('td', row.title + ' ');
            profile.append(make('code', row.profile));
            action.append(make('span', row.kind.label, 'badge ' + row.kind.action));
            if (row.held.length) action.append(' ', make('span', 'held', 'badge held'));
            const worst = make('td', row.kind.consequences.length ? words.get(row.kind.consequences[0]) : 'nobody notices');
            const button = make('button', 'Details'), cell = make('td');
            const target = 'detail-' + index;
            button.type = 'button';
            button.setAttribute('aria-expanded', 'false');
            button.setAttribute('aria-controls', target);
            button.setAttribute('aria-label', 'Details of ' + row.profile + ' of ' + row.id);
            const detail = make('tr', undefined, 'detail');
            detail.id = target;
            detail.hidden = true;
            button.addEventListener('click', () => {
              if (!detail.children.length) detail.append(details(row));
              detail.hidden = !detail.hidden;
              button.setAttribute('aria-expanded', String(!detail.hidden));
            });
            cell.append(button);
            line.append(tenant, profile, action, people, worst, cell);
            body.append(line, detail);
          });
          const pages = Math.max(1, Math.ceil(shown.length / perPage));
          $('list').hidden = !shown.length;
          $('pages').hidden = pages < 2;
          $('page').textContent = 'Page ' + number(page + 1) + ' of ' + number(pages);
          $('previous').disabled = page === 0;
          $('next').disabled = page + 1 >= pages;
          $('matches').textContent = shown.length === rows.length ? 'All ' + number(rows.length) + (rows.length === 1 ? ' profile' : ' profiles')
            : number(shown.length) + ' of ' + number(rows.length) + ' profiles match';
        }

        function turn(by) {
          page += by;
          draw();
          $('profiles').scrollIntoView();
        }
        $('previous').addEventListener('click', () => turn(-1));
        $('next').addEventListener('click', () => turn(1));
        let timer;
        $('filters').addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filter, 80); });
        $('filters').addEventListener('reset', () => setTimeout(filter));
        $('filters').addEventListener('submit', event => { event.preventDefault(); filter(); });
        document.addEventListener('click', event => {
          const button = event.target.closest && event.target.closest('.copy');
          if (!button) return;
          const code = button.previousElementSibling, done = () => { button.textContent = 'Copied'; setTimeout(() => { button.textContent = 'Copy'; }, 2000); };
          const select = () => {
            const range = document.createRange();
            range.selectNodeContents(code);
            const selection = getSelection();
            selection.removeAllRanges();
            selection.addRange(range);
            if (document.execCommand('copy')) done();
          };
          if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, select); else select();
        });
        // On paper everything stands open.
        let closed = [];
        addEventListener('beforeprint', () => { closed = [...document.querySelectorAll('details:not([open])')]; for (const d of closed) d.open = true; });
        addEventListener('afterprint', () => { for (const d of closed) d.open = false; });
        $('filters').hidden = false;
        draw();
        })();
        """#
}
