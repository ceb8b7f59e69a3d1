/*
 * A compiler at work, unit after unit: it writes source text, parses it into a tree that grows page
 * by page, folds constants all over that tree, emits code, runs the code, and drops the tree. Units
 * grow and shrink in turn, an eighth of the working set up to all of it and back, with a rest after
 * each: bursts of writes with a rising and falling working set. Every function's result is checked
 * against what the author of the text knows.
 */
#include "workload.h"

enum {
  STEPS = 8, /* from the smallest unit to the largest */
  DEPTH = 6,
  VARIABLES = 8,
  STACK = DEPTH + 2,
  LONGEST_FUNCTION = 2048, /* characters; 2^DEPTH operands of at most 12 and their brackets */
  FUNCTIONS_BETWEEN_REPORTS = 64,
};

enum kind { NUMBER, VARIABLE, BINARY };

struct node {
  u32 kind; /* enum kind */
  u32 value; /* the number, the variable's index, or the operator */
  struct node *left, *right;
  u32 position, function; /* where it came from */
  u32 is_root, expected;  /* of a function, and what it must return */
};

struct instruction {
  u32 kind, value; /* as of a node, in postfix order; kind END ends it */
};
enum { END = BINARY + 1 };

const char workload_name[] = "compile";

static char *source, *source_end;
static struct node *tree, *next_node;
static struct instruction *code, *code_end, *next_instruction;
static u32 variables[VARIABLES];
static u32 functions, function_position;

static u32 apply(u32 operator, u32 a, u32 b) {
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '&': return a & b;
    case '|': return a | b;
    default: return a ^ b;
  }
}

/* Writes a random expression and returns its value. */
static u32 author(struct text *text, u32 depth) {
  if (depth == 0 || random_below(8) == 0) {
    u32 value = random_below(1000), variable = random_below(VARIABLES);
    if (value % 2) {
      add_unsigned(text, value);
      return value;
    }
    add_character(text, (char)('a' + variable));
    return variables[variable];
  }
  char operator = "+-*&|^"[random_below(6)];
  add_character(text, '(');
  u32 left = author(text, depth - 1);
  add_character(text, operator);
  u32 right = author(text, depth - 1);
  add_character(text, ')');
  return apply((u32)operator, left, right);
}

static struct node *new_node(enum kind kind, u32 value) {
  struct node *node = next_node++;
  *node = (struct node){.kind = kind,
                        .value = value,
                        .position = function_position,
                        .function = functions};
  return node;
}

/* expression = number | variable | "(" expression operator expression ")" */
static struct node *parse(const char **at) {
  if (**at >= 'a') return new_node(VARIABLE, (u32)(*(*at)++ - 'a'));
  if (**at != '(') {
    u32 value = 0;
    while (**at >= '0' && **at <= '9') value = value * 10 + (u32)(*(*at)++ - '0');
    return new_node(NUMBER, value);
  }
  (*at)++;
  struct node *left = parse(at);
  u32 operator = (u32) * (*at)++;
  struct node *right = parse(at);
  (*at)++;
  struct node *node = new_node(BINARY, operator);
  node->left = left;
  node->right = right;
  return node;
}

/* Children stand before their parents in the tree, so one walk folds all. */
static void fold(void) {
  for (struct node *node = tree; node < next_node; node++) {
    if (node->kind != BINARY) continue;
    const struct node *left = node->left, *right = node->right;
    if (left->kind != NUMBER || right->kind != NUMBER) continue;
    node->value = apply(node->value, left->value, right->value);
    node->kind = NUMBER;
  }
}

static void emit(const struct node *node) {
  if (node->kind == BINARY) {
    emit(node->left);
    emit(node->right);
  }
  *next_instruction++ = (struct instruction){node->kind, node->value};
}

static u32 run(const struct instruction *at) {
  u32 stack[STACK], depth = 0;
  for (; at->kind != END; at++) {
    if (at->kind == NUMBER) stack[depth++] = at->value;
    if (at->kind == VARIABLE) stack[depth++] = variables[at->value];
    if (at->kind != BINARY) continue;
    depth--;
    stack[depth - 1] = apply(at->value, stack[depth - 1], stack[depth]);
  }
  return stack[0];
}

/* A function's code, at once put to the test. */
static void generate(const struct node *root) {
  if (code_end - next_instruction < LONGEST_FUNCTION) next_instruction = code;
  const struct instruction *start = next_instruction;
  emit(root);
  *next_instruction++ = (struct instruction){END, root->expected};
  if (run(start) == root->expected) return;
  print("compile: a function returned the wrong value\n");
  system_call(CALL_EXIT, 3, 0, 0);
}

static void compile_function(char **text_at) {
  if (source_end - *text_at < LONGEST_FUNCTION) *text_at = source;
  struct text text = text_into(*text_at, LONGEST_FUNCTION);
  u32 expected = author(&text, DEPTH);
  function_position = (u32)(*text_at - source);
  const char *at = *text_at;
  struct node *root = parse(&at);
  root->is_root = 1;
  root->expected = expected;
  *text_at = text.at + 1;
  if (++functions % FUNCTIONS_BETWEEN_REPORTS == 0) report("functions", functions);
}

static void compile_unit(u32 pages) {
  enum { NODES_OF_FUNCTION = 2 << DEPTH };
  struct node *tree_end = tree + pages * (PAGE_SIZE / sizeof *tree) - NODES_OF_FUNCTION;
  for (u32 i = 0; i < VARIABLES; i++) variables[i] = random32();
  next_node = tree;
  char *text_at = source;
  while (next_node < tree_end) compile_function(&text_at);
  fold();
  for (struct node *node = tree; node < next_node; node++)
    if (node->is_root) generate(node);
}

void workload_main(u32 first_page, u32 end_page) {
  u32 pages = end_page - first_page, eighth = pages / 8;
  source = (char *)page_address(first_page);
  source_end = (char *)page_address(first_page + eighth);
  code = next_instruction = (struct instruction *)source_end;
  code_end = (struct instruction *)page_address(first_page + 2 * eighth);
  tree = (struct node *)code_end;
  for (u32 unit = 0;; unit++) {
    u32 step = unit % (2 * STEPS), share = step < STEPS ? step + 1 : 2 * STEPS - step;
    u32 unit_pages = working_set(pages - 2 * eighth) * share / STEPS;
    compile_unit(unit_pages < 2 ? 2 : unit_pages);
    report("functions", functions);
    think();
  }
}
