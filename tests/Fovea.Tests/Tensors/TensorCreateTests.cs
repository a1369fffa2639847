namespace Fovea.Tests;

public sealed class TensorCreateTests
{
    [Fact]
    public void Create_FunctionThatWrites_GivesItsElements()
    {
        Tensor tensor = Tensor.Create<double>(
            [2, 3],
            elements =>
            {
                Assert.Equal(6, elements.Length);
                for (int i = 0; i < elements.Length; i++)
                {
                    elements[i] = i + 0.5;
                }
            }
        );

        Assert.Equal((Shape.Create([2, 3]), DType.Float64), (tensor.Shape, tensor.DType));
        Assert.Equal([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], tensor.ToArray<double>());
        Assert.Empty(Tensor.Create<long>([0, 4], elements => Assert.True(elements.IsEmpty)).ToArray<long>());
    }

    [Fact]
    public void Create_ElementsNoTensorHas_AreRefused() =>
        Assert.Contains(
            "not Int16",
            Assert
                .Throws<ArgumentException>(() => Tensor.Create<short>([2], _ => Assert.Fail("asked to write")))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void NormalAndUniform_WithoutAGenerator_NeverGiveTheSameNumbersTwice()
    {
        float[][] draws =
        [
            Tensor.Normal([8]).ToArray(),
            Tensor.Normal([8]).ToArray(),
            Tensor.Uniform([8]).ToArray(),
            Tensor.Uniform([8]).ToArray(),
        ];
        for (int i = 0; i < draws.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.False(draws[i].SequenceEqual(draws[j]), $"calls {j} and {i} gave the same: {draws[i][0]}");
            }
        }
    }

    [Fact]
    public void Normal_WithAGenerator_GivesTheSameNumbersForTheSameSeed() =>
        Assert.Equal(Tensor.Normal([8], rng: new Rng(4)).ToArray(), Tensor.Normal([8], rng: new Rng(4)).ToArray());
}
