/*
 * The script of easel's HTML report: search, filters, the list of profiles in pages, details, and copying of commands.
 * The page embeds this file as it is, and its Content-Security-Policy names the hash.
 *
 * Data becomes text nodes, never markup: everything from the config repository is hostile. A hundred thousand rows are
 * filtered in one pass over prepared texts, and only one page of them is ever in the document.
 */
'use strict';

(() => {
  const $ = id => document.getElementById(id);
  const rowsPerPage = 50;

  // --- The data, as HTMLData.swift writes it ---

  const data = JSON.parse($('data').textContent);
  // Consequences come worst first: [name, words].
  const rank = new Map(data.consequences.map((consequence, position) => [consequence[0], position]));
  const words = new Map(data.consequences);
  const titles = new Map(data.rules);
  const noConsequence = data.consequences.length;

  // Profiles that change in the same way share one kind.
  const kinds = data.kinds.map(([action, label, changes, consequences, advice]) => {
    const list = changes.map(index => data.changes[index]);
    const rules = new Set(advice.map(([rule]) => rule));
    for (const [, , , why] of list) for (const rule of why) rules.add(rule);
    return {
      action, label, consequences, advice, rules,
      changes: list,
      set: new Set(consequences),
      worst: consequences.length ? rank.get(consequences[0]) : noConsequence,
      text: list.map(([path]) => path).join(' ').toLowerCase(),
    };
  });

  const rows = [];
  for (const [id, name, profiles] of data.tenants) {
    const tenant = (id + ' ' + name).toLowerCase();
    for (const [profile, title, kind, people, held, print, changed] of profiles) {
      rows.push({
        id, name, profile, title, people, print, tenant, changed,
        kind: kinds[kind],
        held: data.held[held],
        text: (profile + ' ' + title).toLowerCase(),
        order: rows.length,
      });
    }
  }
  // Worst first. An unknown number of people (below zero) may be any number, so it comes before the known ones.
  rows.sort((a, b) =>
    a.kind.worst - b.kind.worst || (b.people < 0) - (a.people < 0) || b.people - a.people || a.order - b.order);

  let shown = rows;
  let page = 0;

  // --- Elements ---

  const number = n => n < 0 ? 'unknown' : String(n).replace(/\B(?=(\d{3})+$)/g, ',');

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function makeButton(text, label, className) {
    const button = make('button', text, className);
    button.type = 'button';
    button.setAttribute('aria-label', label);
    return button;
  }

  function makeHeading(scope, content) {
    const heading = make('th');
    heading.scope = scope;
    heading.append(content);
    return heading;
  }

  function makeCell(...content) {
    const cell = make('td');
    cell.append(...content);
    return cell;
  }

  function fill(select, options) {
    for (const [value, text] of options) {
      const option = make('option', text);
      option.value = value;
      select.append(option);
    }
  }

  // --- Filters ---

  fill($('f-consequence'), data.consequences.filter(([name]) => kinds.some(kind => kind.set.has(name))));
  fill($('f-rule'), data.rules.map(([id, title]) => [id, id + ' ' + title]));
  fill($('f-action'), [...new Set(kinds.map(kind => kind.label))].sort().map(label => [label, label]));

  function filter() {
    const terms = $('f-text').value.toLowerCase().split(/\s+/).filter(Boolean);
    const tenant = $('f-tenant').value.trim().toLowerCase();
    const consequence = $('f-consequence').value;
    const rule = $('f-rule').value;
    const action = $('f-action').value;
    const held = $('f-held').value;
    // Few kinds, many rows: what depends on the kind is decided once.
    const fits = new Map(kinds.map(kind => [
      kind,
      (!consequence || kind.set.has(consequence)) && (!rule || kind.rules.has(rule)) && (!action || kind.label === action),
    ]));
    shown = rows.filter(row =>
      fits.get(row.kind)
      && (!held || (held === 'held') === row.held.length > 0)
      && (!tenant || row.tenant.includes(tenant))
      && terms.every(term => row.text.includes(term) || row.tenant.includes(term) || row.kind.text.includes(term)));
    page = 0;
    draw();
  }

  // --- Details of one profile ---

  function details(row) {
    const cell = make('td');
    cell.colSpan = 6;
    const list = make('ul');
    // Advice is listed below, in words of its own.
    for (const consequence of row.kind.consequences) {
      if (consequence !== 'advice') list.append(make('li', 'They ' + words.get(consequence)));
    }
    if (list.children.length) cell.append(list);
    if (row.changed) cell.append(make('p', row.changed[0].toUpperCase() + row.changed.slice(1), 'note'));
    cell.append(changes(row.kind));
    for (const [rule, path] of row.kind.advice) {
      const advice = appendLinks(make('p', 'New: '), [rule]);
      advice.append((titles.get(rule) || '') + (path ? ' (' + path + ')' : ''));
      cell.append(advice);
    }
    if (row.held.length) {
      const held = make('p', 'Held by ' + row.held.join(', ') + '. ');
      held.append(copyable('easel approve ' + row.print));
      cell.append(held);
    } else if (row.print) {
      const fingerprint = make('p', 'Fingerprint ', 'note');
      fingerprint.append(make('code', row.print));
      cell.append(fingerprint);
    }
    return cell;
  }

  function changes(kind) {
    const list = kind.changes.filter(([path]) => path);
    // A creation and a removal have no single settings.
    if (!list.length) {
      const text = kind.action === 'create' ? 'A new profile. ' : kind.action === 'remove' ? 'The profile is removed. ' : '';
      return appendLinks(make('p', text), kind.changes.flatMap(([, , , rules]) => rules));
    }
    const table = make('table', undefined, 'changes');
    const head = make('thead');
    const body = make('tbody');
    const headings = make('tr');
    const sides = data.drift ? ['In Intune', 'In Git (applied)', 'In Git (desired)'] : ['Before', 'After'];
    for (const title of ['Setting', ...sides, 'Why']) headings.append(makeHeading('col', title));
    head.append(headings);
    for (const [path, before, after, rules, applied] of list) {
      const line = make('tr');
      // In a drift report, what is desired is shown where it is not what was applied.
      const shown = data.drift ? [before, applied, applied === after ? undefined : after] : [before, after];
      line.append(
        makeHeading('row', make('code', path)),
        ...shown.map(value => value === undefined ? make('td') : makeCell(make('code', data.values[value]))),
        appendLinks(make('td'), rules));
      body.append(line);
    }
    table.append(head, body);
    return table;
  }

  function appendLinks(element, rules) {
    for (const rule of rules) {
      const link = make('a', rule);
      link.href = '#' + rule;
      link.title = titles.get(rule) || '';
      element.append(link, ' ');
    }
    return element;
  }

  function copyable(command) {
    const span = make('span', undefined, 'command');
    span.append(make('code', command), makeButton('Copy', 'Copy the command', 'copy'));
    return span;
  }

  // --- The list ---

  function draw() {
    const start = page * rowsPerPage;
    const body = $('rows');
    body.textContent = '';
    shown.slice(start, start + rowsPerPage).forEach((row, index) => body.append(...lines(row, 'detail-' + index)));
    const pages = Math.max(1, Math.ceil(shown.length / rowsPerPage));
    $('list').hidden = !shown.length;
    $('pages').hidden = pages < 2;
    $('page').textContent = 'Page ' + number(page + 1) + ' of ' + number(pages);
    $('previous').disabled = page === 0;
    $('next').disabled = page + 1 >= pages;
    $('matches').textContent = shown.length === rows.length
      ? 'All ' + number(rows.length) + (rows.length === 1 ? ' profile' : ' profiles')
      : number(shown.length) + ' of ' + number(rows.length) + ' profiles match';
  }

  // A profile's line, and below it its details, which are built when somebody opens them.
  function lines(row, detailId) {
    const detail = make('tr', undefined, 'detail');
    detail.id = detailId;
    detail.hidden = true;

    const button = makeButton('Details', 'Details of ' + row.profile + ' of ' + row.id);
    button.setAttribute('aria-expanded', 'false');
    button.setAttribute('aria-controls', detailId);
    button.addEventListener('click', () => {
      if (!detail.children.length) detail.append(details(row));
      detail.hidden = !detail.hidden;
      button.setAttribute('aria-expanded', String(!detail.hidden));
    });

    const tenant = makeHeading('row', make('span', row.id));
    tenant.title = row.name;
    const action = makeCell(make('span', row.kind.label, 'badge ' + row.kind.action));
    if (row.held.length) action.append(' ', make('span', 'held', 'badge held'));
    const worst = row.kind.consequences.length ? words.get(row.kind.consequences[0]) : 'nobody notices';

    const line = make('tr');
    line.append(
      tenant,
      makeCell(row.title + ' ', make('code', row.profile)),
      action,
      make('td', number(row.people), 'number'),
      make('td', worst),
      makeCell(button));
    return [line, detail];
  }

  function turn(by) {
    page += by;
    draw();
    $('profiles').scrollIntoView();
  }

  $('previous').addEventListener('click', () => turn(-1));
  $('next').addEventListener('click', () => turn(1));

  let timer;
  $('filters').addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 80);
  });
  // The fields are empty only after the event.
  $('filters').addEventListener('reset', () => setTimeout(filter));
  $('filters').addEventListener('submit', event => {
    event.preventDefault();
    filter();
  });

  // --- Copying ---

  document.addEventListener('click', event => {
    const button = event.target.closest && event.target.closest('.copy');
    if (!button) return;
    const code = button.previousElementSibling;
    const done = () => {
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    };
    // A page that was opened as a file may have no clipboard.
    const copySelection = () => {
      const range = document.createRange();
      range.selectNodeContents(code);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (document.execCommand('copy')) done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, copySelection);
    else copySelection();
  });

  // --- Paper: everything is open ---

  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const element of closed) element.open = true;
  });
  addEventListener('afterprint', () => {
    for (const element of closed) element.open = false;
  });

  $('filters').hidden = false;
  draw();
})();
