#!/usr/bin/env python3
"""forest-cancer: a random forest of 20 trees of depth 4 on the Wisconsin breast cancer data."""

import numpy as np
from common import finish, output
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

to = output("forest-cancer")
features, labels = load_breast_cancer(return_X_y=True)
features, test, labels, test_labels = train_test_split(
    features, labels, test_size=0.25, random_state=0, stratify=labels
)
scaler = StandardScaler().fit(features)
features = scaler.transform(features).astype(np.float32)
test = scaler.transform(test).astype(np.float32)
forest = RandomForestClassifier(n_estimators=20, max_depth=4, random_state=0)
forest.fit(features, labels)
onnx = to_onnx(forest, features[:1], options={id(forest): {"zipmap": False}}, target_opset=17)
(to / "model.onnx").write_bytes(onnx.SerializeToString())
finish(to, features, test, labels, test_labels)
