namespace Fovea.Tests;

public sealed class ModuleTextTests
{
    [Fact]
    public void ToTree_NestedNetwork_ShowsNamesOptionsAndShapes()
    {
        Sequential network = new(
            new Conv2d(3, 8, 3, padding: 1),
            new Sequential(new BatchNorm2d(8), new ReLU()),
            new MaxPool2d(2)
        );
        network.NamedModules().First(m => m.Path == "1.0").Module.Freeze();

        Assert.Equal(
            """
            Sequential
            ├─ 0: Conv2d(padding=1, weight [8, 3, 3, 3], bias [8])
            ├─ 1: Sequential
            │  ├─ 0: BatchNorm2d(weight [8] frozen, bias [8] frozen)
            │  └─ 1: ReLU
            └─ 2: MaxPool2d(kernel=2)
            """.ReplaceLineEndings(),
            network.ToTree()
        );
        Assert.Equal(
            "Sequential\n├─ 0: Conv2d(padding=1, weight [8, 3, 3, 3], bias [8])",
            string.Join('\n', network.ToTree(2).Split(Environment.NewLine).Take(2))
        );
        Assert.Contains("└─ 2 more below", network.ToTree(2), StringComparison.Ordinal);
    }

    [Fact]
    public void ToTree_SharedLayer_IsShownOnce()
    {
        Conv2d shared = new(2, 2, 1);
        string[] lines = new Sequential(shared, shared).ToTree().Split(Environment.NewLine);

        Assert.EndsWith("bias [2]), shown above", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SmallNetwork_CountsByHand()
    {
        string text = new Sequential(new Conv2d(3, 8, 3), new ReLU(), new Flatten(), new Linear(8 * 36, 5)).Summary([
            3,
            8,
            8,
        ]);

        Assert.Contains("[N, 8, 6, 6]     224  7,776", text, StringComparison.Ordinal); // 8 x 27 + 8; 8 x 27 x 36
        Assert.EndsWith(
            "1,669 parameters (1,669 trainable), 9,216 multiply-adds an item",
            text,
            StringComparison.Ordinal
        );
    }
}
