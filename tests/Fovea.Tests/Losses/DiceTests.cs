namespace Fovea.Tests;

public sealed class DiceTests
{
    // Probabilities 1/2 and 1/2 everywhere: two classes, four positions.
    private static readonly Tensor Undecided = Tensor.Zeros([1, 2, 2, 2], DType.Float64);
    private static readonly Tensor OneOfFour = Tensor.From<long>([1, 0, 0, 0], [1, 2, 2]);

    [Fact]
    public void Forward_ByHand_IsOneLessTheOverlapOfEachClass()
    {
        // Class 0: overlap 1.5, sums 2 and 3; class 1: overlap 0.5, sums 2 and 1.
        double[] losses = new Dice(1) { Reduction = LossReduction.None }
            .Forward(Undecided, OneOfFour)
            .ToArray<double>();

        Assert.Equal(1 - (4.0 / 6), losses[0], 1e-15);
        Assert.Equal(1 - (2.0 / 4), losses[1], 1e-15);
        Assert.Equal(((1 - (4.0 / 6)) + (1 - (2.0 / 4))) / 2, new Dice().Forward(Undecided, OneOfFour).Item(), 1e-15);
        Assert.Equal(2.0, new Dice().Divisor(Undecided, OneOfFour));
    }

    [Fact]
    public void Forward_IgnoredLabel_ItsPositionsCountNowhere()
    {
        // Without the last position: class 0: overlap 1, sums 1.5 and 2; class 1: overlap 0.5, sums 1.5 and 1.
        Dice loss = new(1) { Reduction = LossReduction.None, IgnoredLabel = 255 };
        double[] losses = loss.Forward(Undecided, Tensor.From<long>([1, 0, 0, 255], [1, 2, 2])).ToArray<double>();

        Assert.Equal(1 - (3.0 / 4.5), losses[0], 1e-15);
        Assert.Equal(1 - (2.0 / 3.5), losses[1], 1e-15);
    }

    [Fact]
    public void Forward_LabelsOrTheirProbabilities_GiveTheSameLoss()
    {
        Tensor scores = Tensor.Normal([2, 3, 5], rng: new Rng(3), dtype: DType.Float64);
        Tensor labels = Tensor.From<long>([0, 1, 2, 2, 1, 0, 0, 0, 1, 1], [2, 5]);

        Assert.Equal(
            new Dice().Forward(scores, labels).Item(),
            new Dice().Forward(scores, labels.OneHot(3, DType.Float64).Permute(0, 2, 1)).Item(),
            1e-15
        );
    }

    [Fact]
    public void Forward_CertainAndRight_IsNearZeroAlsoOfAnAbsentClass()
    {
        Tensor labels = Tensor.From<long>([0, 1, 1, 0], [1, 4]);
        Tensor scores = labels.OneHot(3, DType.Float64).Permute(0, 2, 1) * 60.0;

        Assert.All(
            new Dice { Reduction = LossReduction.None }
                .Forward(scores, labels)
                .ToArray<double>(),
            loss => Assert.True(Math.Abs(loss) < 1e-12, $"{loss}")
        );
    }

    [Fact]
    public void Forward_WhatDoesNotFit_SaysWhy()
    {
        Assert.Contains(
            "two classes or more and an axis of positions, got [1, 1, 4]",
            Assert.Throws<ShapeException>(() => new Dice().Forward(Tensor.Zeros([1, 1, 4]), OneOfFour)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "labels must have the prediction's shape without its class axis, got [1, 4] and [1, 2, 2, 2]",
            Assert
                .Throws<ShapeException>(() => new Dice().Forward(Undecided, Tensor.From<long>([1, 0, 0, 0], [1, 4])))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "labels must be 0 to 1, got 255 at 3. Set IgnoredLabel",
            Assert
                .Throws<ArgumentException>(() =>
                    new Dice().Forward(Undecided, Tensor.From<long>([1, 0, 0, 255], [1, 2, 2]))
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => new Dice(0));
    }
}
