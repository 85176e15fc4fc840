import type { Clock } from '@holdfast/daemon';

interface Entry<T> {
  at: number;
  item: T;
}

/**
 * Who is due when: a heap and one timer, whether ten primaries are watched or ten thousand. Each item stands in it once; a later
 * `put` replaces the earlier one.
 */
export class Agenda<T> {
  private readonly heap: Entry<T>[] = [];
  private readonly current = new Map<T, Entry<T>>();
  private cancel: () => void = () => undefined;
  private ringsAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: (item: T) => void,
  ) {}

  put(item: T, at: number): void {
    const entry = { at, item };
    this.current.set(item, entry);
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    this.wind();
  }

  remove(item: T): void {
    // Its entry stays in the heap until its time and is then passed over: finding it would cost more than it does.
    this.current.delete(item);
  }

  get size(): number {
    return this.current.size;
  }

  close(): void {
    this.cancel();
    this.current.clear();
    this.heap.length = 0;
  }

  private ring(): void {
    this.ringsAt = Infinity;
    const now = this.clock.now();
    for (let first = this.heap[0]; first && first.at <= now; first = this.heap[0]) {
      this.takeFirst();
      if (this.current.get(first.item) !== first) continue;
      this.current.delete(first.item);
      this.onDue(first.item);
    }
    this.wind();
  }

  private wind(): void {
    const next = this.heap[0]?.at ?? Infinity;
    if (next >= this.ringsAt || next === Infinity) return;
    this.cancel();
    this.ringsAt = next;
    this.cancel = this.clock.after(Math.max(0, next - this.clock.now()), () => this.ring());
  }

  private takeFirst(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
  }

  private rise(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1;
      if (this.at(parent) <= this.at(child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private sink(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1;
      const child = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(child) >= this.at(parent)) return;
      this.swap(parent, child);
      parent = child;
    }
  }

  private at(index: number): number {
    return this.heap[index]?.at ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const entry = this.heap[a] as Entry<T>;
    this.heap[a] = this.heap[b] as Entry<T>;
    this.heap[b] = entry;
  }
}
