#!/usr/bin/env python3
"""mlp-fashion-mnist-squares: 784-92-92-10 with a x² + b x after batch normalisation.

Polynomials of degree two need no table: such a network stays sums and products when encrypted.
"""

import torch
from common import fashion_mnist, finish, output
from networks import Square, export, train
from torch import nn

torch.manual_seed(0)
to = output("mlp-fashion-mnist-squares")
features, test, labels, test_labels = fashion_mnist()
network = nn.Sequential(
    nn.Linear(784, 92, bias=False),
    nn.BatchNorm1d(92),
    Square(92),
    nn.Linear(92, 92, bias=False),
    nn.BatchNorm1d(92),
    Square(92),
    nn.Linear(92, 10),
)
train(network, features, labels, epochs=15, batch=128)
export(network, features, to / "model.onnx")
finish(to, features, test, labels, test_labels)
