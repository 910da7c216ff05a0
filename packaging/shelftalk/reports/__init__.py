"""The reports' arithmetic: handed rows, it gives numbers. Opens no store and knows no HTTP."""
