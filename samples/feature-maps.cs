// What the layers of a network compute, by name.
//   dotnet run samples/feature-maps.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Models;

(Module model, Shape item) = ModelSource.Create("resnet20");
model.Initialize(seed: 1).Eval();
Console.WriteLine(model.ToTree(depth: 2));

// A part of the network gives its last output; an operation within it has a name of its own.
Tensor images = Tensor.Normal([2, .. item.Sizes], rng: new Rng(3));
IReadOnlyDictionary<string, Tensor> maps = model.Features(images, "conv1", "layer1", "layer2", "layer3.0.conv1");
foreach ((string name, Tensor map) in maps)
{
    double active = (map > 0.0).To(DType.Float32).Mean().Item();
    Console.WriteLine($"{name, -15} {map.Shape, -18} {active:P0} above zero");
}
