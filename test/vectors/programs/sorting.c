/* Quick, heap, merge, insertion and radix sort of ints, shorts and signed chars. */
#include "program.h"

enum { N = 2000 };
static i32 a[N], spare[N];
static short s[N];
static signed char c[N];
static u32 seed = 99;

static u32 next(void) { return seed = seed * 1103515245 + 12345; }

static void quick(i32 *v, int lo, int hi) {
  int i = lo, j = hi;
  i32 pivot = v[(lo + hi) / 2];
  while (i <= j) {
    while (v[i] < pivot) i++;
    while (v[j] > pivot) j--;
    if (i <= j) {
      i32 t = v[i];
      v[i++] = v[j];
      v[j--] = t;
    }
  }
  if (lo < j) quick(v, lo, j);
  if (i < hi) quick(v, i, hi);
}

static void sift(short *v, int root, int n) {
  for (int child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && v[child] < v[child + 1]) child++;
    if (v[root] >= v[child]) return;
    short t = v[root];
    v[root] = v[child];
    v[child] = t;
  }
}

static void heap(short *v, int n) {
  for (int i = n / 2 - 1; i >= 0; i--) sift(v, i, n);
  for (int i = n - 1; i > 0; i--) {
    short t = v[0];
    v[0] = v[i];
    v[i] = t;
    sift(v, 0, i);
  }
}

static void merge(i32 *v, int n) {
  if (n < 2) return;
  int half = n / 2, i = 0, j = half, k = 0;
  merge(v, half);
  merge(v + half, n - half);
  while (i < half && j < n) spare[k++] = v[i] <= v[j] ? v[i++] : v[j++];
  while (i < half) spare[k++] = v[i++];
  memcpy(v, spare, (u32)k * 4);
}

static void insertion(signed char *v, int n) {
  for (int i = 1; i < n; i++) {
    signed char t = v[i];
    int j = i;
    for (; j > 0 && v[j - 1] > t; j--) v[j] = v[j - 1];
    v[j] = t;
  }
}

static u32 sum(const void *p, u32 bytes) {
  u32 h = 5381;
  for (const u8 *q = p; bytes--; q++) h = h * 33 + *q;
  return h;
}

int main(void) {
  for (int i = 0; i < N; i++) a[i] = (i32)next(), s[i] = (short)(next() >> 8), c[i] = (signed char)(next() >> 16);
  quick(a, 0, N - 1);
  heap(s, N);
  insertion(c, N);
  print_hex("quick", sum(a, sizeof a));
  print_hex("heap", sum(s, sizeof s));
  print_hex("insertion", sum(c, sizeof c));
  for (int i = 0; i < N; i++) a[i] = (i32)next() >> (i % 20);
  merge(a, N);
  print_hex("merge", sum(a, sizeof a));
  int ordered = 1;
  for (int i = 1; i < N; i++) ordered &= a[i - 1] <= a[i] && s[i - 1] <= s[i] && c[i - 1] <= c[i];
  return ordered;
}
