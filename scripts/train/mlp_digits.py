#!/usr/bin/env python3
"""mlp-digits: 64-32-10 with ReLU on the UCI optical digits."""

import torch
from common import digits, finish, output
from networks import export, train
from torch import nn

torch.manual_seed(0)
to = output("mlp-digits")
features, test, labels, test_labels = digits()
network = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
train(network, features, labels, epochs=60, batch=32)
export(network, features, to / "model.onnx")
finish(to, features, test, labels, test_labels)
