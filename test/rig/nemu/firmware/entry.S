	.text
	.global _start
_start:
	call	main
	hlt
	.section .note.GNU-stack, "", @progbits
