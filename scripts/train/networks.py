"""Training and export of small PyTorch networks."""

import torch
from torch import nn


class Square(nn.Module):
    """a x² + b x, with its own a and b for every neuron: an activation without a table."""

    def __init__(self, width):
        super().__init__()
        self.a = nn.Parameter(torch.full((width,), 0.1))
        self.b = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.a * x * x + self.b * x


def train(network, features, labels, epochs, batch=64, rate=2e-3, decay=1e-4):
    """Adam with a cosine schedule on the cross entropy; the last state is taken."""
    features, labels = torch.from_numpy(features), torch.as_tensor(labels)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    steps = epochs * (len(features) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    network.train()
    for epoch in range(epochs):
        order = torch.randperm(len(features))
        total = 0.0
        for at in range(0, len(order) - batch + 1, batch):
            pick = order[at : at + batch]
            loss = nn.functional.cross_entropy(network(features[pick]), labels[pick])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1:3d}  loss {total / (len(order) // batch):.4f}", flush=True)
    return network.eval()


def export(network, example, path):
    """Writes one ONNX file, any number of rows."""
    torch.onnx.export(
        network,
        (torch.from_numpy(example[:2]),),
        str(path),
        dynamo=True,
        external_data=False,
        input_names=["input"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
