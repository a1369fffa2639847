// A convolution, its output sizes under different padding, and a filter written by hand.
//   dotnet run samples/first-convolution.cs
#:package Fovea@0.1.*-*
using Fovea;

// Batches of images are [N, C, H, W]. Random numbers come from a generator with a seed.
Tensor images = Tensor.Normal([8, 3, 64, 64], rng: new Rng(1));
Conv2d conv = new(inChannels: 3, outChannels: 16, kernelSize: 3);
Console.WriteLine($"no padding:     {conv.Forward(images).Shape}");

Conv2d same = new(3, 16, kernelSize: 3, padding: Padding.Same, paddingMode: PaddingMode.Reflect);
Console.WriteLine($"same size:      {same.Forward(images).Shape}");

Conv2d half = new(3, 16, kernelSize: 3, stride: 2, padding: 1);
Console.WriteLine($"half the size:  {half.Forward(images).Shape}");

// A filter that answers to upright edges (Sobel's), on a picture that is dark on the left and bright on the right.
Conv2d edges = new(1, 1, kernelSize: 3, padding: Padding.Same, paddingMode: PaddingMode.Replicate, bias: false);
edges.Weight.CopyFrom(Tensor.From<float>([-1, 0, 1, -2, 0, 2, -1, 0, 1], [1, 1, 3, 3]));
Tensor picture = Tensor.From<float>([0, 0, 0, 1, 1, 1], [6]).Expand(1, 1, 4, 6);
Console.WriteLine("one row of the edge picture: " + string.Join(' ', edges.Forward(picture)[0, 0, 1].ToArray()));
