#!/usr/bin/env python3
"""cnn-digits: three convolutions (8, 16, 32 channels) and a linear layer on 8x8 digits."""

import torch
from common import digits, finish, output
from networks import export, train
from torch import nn

torch.manual_seed(0)
to = output("cnn-digits")
features, test, labels, test_labels = digits()
images = features.reshape(-1, 1, 8, 8)
network = nn.Sequential(
    nn.Conv2d(1, 8, 3),  # 8x8 to 6x6
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2),  # to 2x2
    nn.ReLU(),
    nn.Conv2d(16, 32, 2),  # to 1x1
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(32, 10),
)
train(network, images, labels, epochs=60, batch=32)
export(network, images, to / "model.onnx")
finish(to, features, test, labels, test_labels)
