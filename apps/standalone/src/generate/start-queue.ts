import type { Start } from './persons';

/**
 * Placements that are to begin, earliest first. It holds no more than one per person at work, so memory follows the
 * number at work on a day (about a tenth of the placements), not the length of the history.
 */
export type StartQueue = {
  readonly push: (start: Start) => void;
  readonly pop: () => Start | undefined;
  readonly peek: () => Start | undefined;
  readonly size: () => number;
  /** How many begin before `day`. */
  readonly before: (day: number) => number;
};

export function createStartQueue(): StartQueue {
  const heap: Start[] = [];
  return {
    push: (start) => {
      heap.push(start);
      siftUp(heap);
    },
    pop: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      siftDown(heap);
      return first;
    },
    peek: () => heap[0],
    size: () => heap.length,
    before: (day) => heap.reduce((count, start) => (start.day < day ? count + 1 : count), 0),
  };
}

/** By day; on one day by person and job, so that the order never depends on how the heap came about. */
function isBefore(a: Start, b: Start): boolean {
  if (a.day !== b.day) return a.day < b.day;
  if (a.person !== b.person) return a.person < b.person;
  return a.job !== b.job ? a.job < b.job : b.second && !a.second;
}

function siftUp(heap: Start[]): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    const [lower, upper] = [heap[child], heap[parent]];
    if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return;
    heap[child] = upper;
    heap[parent] = lower;
    child = parent;
  }
}

function siftDown(heap: Start[]): void {
  for (let parent = 0; ; ) {
    const left = heap[2 * parent + 1];
    const right = heap[2 * parent + 2];
    const here = heap[parent];
    if (left === undefined || here === undefined) return;
    const useRight = right !== undefined && isBefore(right, left);
    const child = useRight ? 2 * parent + 2 : 2 * parent + 1;
    const least = useRight ? right : left;
    if (!isBefore(least, here)) return;
    heap[parent] = least;
    heap[child] = here;
    parent = child;
  }
}
