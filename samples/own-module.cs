// A module of your own: its fields are its parts, and there is nothing to register.
//   dotnet run samples/own-module.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Initialization;

Gated block = new(channels: 8);
block.Initialize(seed: 1);
Tensor x = Tensor.Normal([2, 8, 16, 16], rng: new Rng(2));
Tensor y = block.Forward(x);
Console.WriteLine($"{x.Shape} becomes {y.Shape}");

// Parameters have the names of the fields, and gradients come by themselves.
y.Square().Mean().Backward();
foreach ((string path, Parameter parameter) in block.NamedParameters())
{
    Console.WriteLine($"{path, -16} {parameter.Shape, -16} gradient {parameter.Grad!.Norm().Item():F4}");
}

Console.WriteLine(block.Summary([8, 16, 16]));

/// <summary>A convolution whose output is weighed by a gate that sees the same input.</summary>
public sealed class Gated(int channels) : Module
{
    private readonly Conv2d _body = new(channels, channels, 3, padding: Padding.Same);
    private readonly Conv2d _gate = new(channels, channels, 1);
    private readonly Parameter _scale = new([1], new Constant(1));

    public override Tensor Forward(Tensor x) => x + _scale * _body.Forward(x) * _gate.Forward(x).Sigmoid();
}
