package dev.sotto.quantization;

record Range(double min, double max) {}
