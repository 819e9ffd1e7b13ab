(years, authorities, kinds) => {
  // The filters in words, as the title of the closed panel, in the browser: the server's answers to three changes at
  // once could come in any order.
  const words = [[years, 'years'], [authorities, 'authorities'], [kinds, 'kinds']].map(
    ([chosen, noun]) => (chosen?.length ? chosen.join(', ') : `all ${noun}`),
  );
  const line = words.join(words.every((one) => one.startsWith('all ')) ? ', ' : ' · ');
  return { __type__: 'update', label: line[0].toUpperCase() + line.slice(1) };
}
