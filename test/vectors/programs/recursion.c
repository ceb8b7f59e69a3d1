/* Recursion: queens, Hanoi, permutations, mutual and deep calls, trees, flood fill, structures by value. */
#include "program.h"

static u32 queens(u32 n, u32 columns, u32 left, u32 right) {
  u32 all = (1u << n) - 1, count = 0;
  if (columns == all) return 1;
  for (u32 free = all & ~(columns | left | right); free;) {
    u32 bit = free & -free;
    free ^= bit;
    count += queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static u32 trail;
static void hanoi(int n, u32 from, u32 to, u32 over) {
  if (n == 0) return;
  hanoi(n - 1, from, over, to);
  trail = trail * 7 + from * 3 + to;
  hanoi(n - 1, over, to, from);
}

static int odd(u32 n);
__attribute__((noinline)) static int even(u32 n) { return n == 0 ? 1 : odd(n - 1); }
__attribute__((noinline)) static int odd(u32 n) { return n == 0 ? 0 : even(n - 1); }

static void permute(u8 *p, int n) {
  if (n == 1) {
    for (int i = 0; i < 7; i++) trail = trail * 5 + p[i];
    return;
  }
  for (int i = 0; i < n; i++) {
    permute(p, n - 1);
    int k = n % 2 ? 0 : i;
    u8 t = p[k];
    p[k] = p[n - 1], p[n - 1] = t;
  }
}

/* Called with the depth in a register or on the stack, as the compiler likes. */
__attribute__((noinline)) static u32 deep(u32 n, u32 a, u32 b) {
  volatile u32 kept[4] = {n, a, b, n ^ a};
  if (n == 0) return a + b;
  u32 below = deep(n - 1, b, a + n);
  return below * 3 + kept[0] + kept[1] + kept[2] + kept[3];
}

struct tree { i32 key; u32 height; struct tree *left, *right; };
static struct tree pool[400];
static u32 used;
static u32 height(struct tree *t) { return t ? t->height : 0; }

static struct tree *raise(struct tree *t) {
  u32 l = height(t->left), r = height(t->right);
  t->height = 1 + (l > r ? l : r);
  return t;
}

static struct tree *rotate(struct tree *t, int left) {
  struct tree *up = left ? t->right : t->left;
  if (left) t->right = up->left, up->left = raise(t);
  else t->left = up->right, up->right = raise(t);
  return raise(up);
}

/* AVL. */
static struct tree *insert(struct tree *t, i32 key) {
  if (!t) return (pool[used] = (struct tree){key, 1, 0, 0}, &pool[used++]);
  if (key == t->key) return t;
  if (key < t->key) t->left = insert(t->left, key);
  else t->right = insert(t->right, key);
  i32 lean = (i32)height(t->left) - (i32)height(t->right);
  if (lean > 1) {
    if (height(t->left->left) < height(t->left->right)) t->left = rotate(t->left, 1);
    return rotate(t, 0);
  }
  if (lean < -1) {
    if (height(t->right->right) < height(t->right->left)) t->right = rotate(t->right, 0);
    return rotate(t, 1);
  }
  return raise(t);
}

static void walk(struct tree *t) {
  if (!t) return;
  walk(t->left);
  trail = trail * 31 + (u32)t->key;
  walk(t->right);
}

static u8 field[32][32];
static u32 fill(i32 x, i32 y) {
  if (x < 0 || y < 0 || x > 31 || y > 31 || field[y][x]) return 0;
  field[y][x] = 2;
  return 1 + fill(x + 1, y) + fill(x - 1, y) + fill(x, y + 1) + fill(x, y - 1);
}

struct pair { u64 sum; i32 least, most; u16 parts[5]; };
__attribute__((noinline)) static struct pair fold(const i32 *v, u32 n) {
  if (n == 1) return (struct pair){(u32)*v, *v, *v, {1, 2, 3, 4, 5}};
  struct pair a = fold(v, n / 2), b = fold(v + n / 2, n - n / 2);
  a.sum = a.sum * 3 + b.sum;
  if (b.least < a.least) a.least = b.least;
  if (b.most > a.most) a.most = b.most;
  for (int i = 0; i < 5; i++) a.parts[i] += b.parts[4 - i];
  return a;
}

int main(void) {
  static i32 values[200];
  u8 p[7] = {1, 2, 3, 4, 5, 6, 7};
  print_hex("queens", queens(8, 0, 0, 0));
  hanoi(10, 0, 2, 1);
  print_hex("hanoi", trail);
  print_hex("even", (u32)(even(1000) * 2 + odd(777)));
  permute(p, 7);
  print_hex("permuted", trail);
  print_hex("deep", deep(500, 1, 2));
  struct tree *root = 0;
  u32 seed = 21;
  for (int i = 0; i < 350; i++) root = insert(root, i < 100 ? i : (i32)((seed = seed * 1664525 + 1013904223) >> 8) - 0x800000);
  walk(root);
  print_hex("height", height(root));
  print_hex("walked", trail);
  for (int i = 0; i < 350; i++) field[(seed = seed * 1664525 + 1013904223) >> 27][seed >> 20 & 31] = 1;
  u32 largest = 0;
  for (i32 y = 0; y < 32; y++)
    for (i32 x = 0; x < 32; x++) {
      u32 size = fill(x, y);
      if (size > largest) largest = size;
    }
  print_hex("filled", largest);
  for (int i = 0; i < 200; i++) values[i] = (i32)(seed = seed * 69069 + 1);
  struct pair f = fold(values, 200);
  print_hex("sum", (u32)f.sum);
  print_hex("sum", (u32)(f.sum >> 32));
  print_hex("least", (u32)f.least);
  print_hex("most", (u32)f.most);
  print_hex("parts", f.parts[0] * 65536u + f.parts[3]);
  return 8;
}
