// Which items of two sequences correspond.

/** Above so many comparisons only the beginnings and the ends of two sequences are compared. */
const MOST = 4_000_000;

/**
 * Pairs of corresponding items of two lists, in order: `[item, item]`, or with `undefined` for an item without counterpart.
 *
 * `keys` are functions that give what items are compared by. Each is used where those before it left a gap, so the
 * strictest comes first.
 */
export function correspond(before, after, keys) {
  const [key, ...looser] = keys;
  if (!key) return [...before.map((item) => [item, undefined]), ...after.map((item) => [undefined, item])];
  const pairs = [];
  let [b, a] = [0, 0];
  const close = (untilB, untilA) => {
    if (b < untilB || a < untilA) pairs.push(...correspond(before.slice(b, untilB), after.slice(a, untilA), looser));
    [b, a] = [untilB, untilA];
  };
  for (const [nextB, nextA] of common(before.map(key), after.map(key))) {
    close(nextB, nextA);
    pairs.push([before[nextB], after[nextA]]);
    b += 1;
    a += 1;
  }
  close(before.length, after.length);
  return pairs;
}

/** The places of a longest common subsequence of two lists of keys. A key that is `null` equals none. */
function common(before, after) {
  const equal = (b, a) => before[b] === after[a] && before[b] !== null;
  const places = [];
  let start = 0;
  while (start < before.length && start < after.length && equal(start, start)) {
    places.push([start, start]);
    start += 1;
  }
  let [endB, endA] = [before.length, after.length];
  const tail = [];
  while (endB > start && endA > start && equal(endB - 1, endA - 1)) tail.unshift([--endB, --endA]);

  const [rows, columns] = [endB - start, endA - start];
  if (rows && columns && rows * columns <= MOST) {
    const width = columns + 1;
    const lengths = new Uint32Array((rows + 1) * width);
    for (let row = rows - 1; row >= 0; row -= 1) {
      for (let column = columns - 1; column >= 0; column -= 1) {
        const at = row * width + column;
        lengths[at] = equal(start + row, start + column)
          ? lengths[at + width + 1] + 1
          : Math.max(lengths[at + width], lengths[at + 1]);
      }
    }
    let [row, column] = [0, 0];
    while (row < rows && column < columns) {
      const at = row * width + column;
      if (equal(start + row, start + column)) places.push([start + row++, start + column++]);
      else if (lengths[at + width] >= lengths[at + 1]) row += 1;
      else column += 1;
    }
  }
  return places.concat(tail);
}
