#!/usr/bin/env python3
"""mlp-fashion-mnist: 784-92-92-10 with ReLU on Fashion-MNIST."""

import torch
from common import fashion_mnist, finish, output
from networks import export, train
from torch import nn

torch.manual_seed(0)
to = output("mlp-fashion-mnist")
features, test, labels, test_labels = fashion_mnist()
network = nn.Sequential(
    nn.Linear(784, 92), nn.ReLU(), nn.Linear(92, 92), nn.ReLU(), nn.Linear(92, 10)
)
train(network, features, labels, epochs=12, batch=128)
export(network, features, to / "model.onnx")
finish(to, features, test, labels, test_labels)
