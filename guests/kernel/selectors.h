/* Segment selectors and the system call's vector, for C and assembly. */
#ifndef SELECTORS_H
#define SELECTORS_H

#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK_STATE 0x28

#define SYSTEM_CALL_VECTOR 0x80

#endif
