namespace Fovea.Data;

/// <summary>Opens a folder of pictures: one folder a class, with or without train, val and test folders
/// above.</summary>
internal static class ImageFolder
{
    public const string Format = "images";

    private const double TestShare = 0.2;
    private const int Named = 5,
        Levels = 3, // part, class, and one more
        MostSeen = 20_000;

    /// <summary>Whether there is a picture a few levels down, by the ending or the content of files: a look that ends soon
    /// also where somebody names a whole disk.</summary>
    public static bool Is(string folder)
    {
        FolderWalk walk = new();
        walk.Enter(folder);
        List<string> level = walk.List(folder).Folders;
        for (int depth = 0, seen = 0; depth < Levels && level.Count > 0; depth++)
        {
            List<string> next = [];
            foreach (string at in level)
            {
                (List<string> folders, List<string> files) = walk.List(at);
                if (files.Any(PictureCheck.HasPictureEnding) || (files.Count > 0 && PictureCheck.IsPicture(files[0])))
                {
                    return true;
                }

                next.AddRange(folders);
                if ((seen += files.Count + folders.Count) > MostSeen)
                {
                    return false;
                }
            }

            level = next;
        }

        return false;
    }

    /// <summary>Opens it: every file is read once.</summary>
    public static DataSource Open(string folder, DataOptions options)
    {
        Shape itemShape = options.ItemShape ?? [3, 224, 224];
        ImageInput.Check(itemShape);
        ImageSizing sizing = options.Sizing ?? ImageSizing.Usual(itemShape);
        FolderWalk walk = new();
        walk.Enter(folder);
        FolderLayout layout = FolderLayout.Of(folder, walk, options.AllForTest);
        FolderPart[] parts = [.. new[] { layout.Train, layout.Test }.OfType<FolderPart>()];
        string[] found =
        [
            .. parts.SelectMany(p => p.Classes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        IReadOnlyList<string> classes = options.Classes ?? found;
        RequireClasses(folder, found, classes, parts);
        HashSet<string> known = [.. classes.Select(ComposedName.Of)];
        PictureCheck check = new(options, itemShape, sizing);
        List<PictureFile> train = Read(layout.Train),
            test = Read(layout.Test);
        if (train.Count + test.Count == 0)
        {
            throw DataFormatException.In(
                folder,
                $"there is no picture that can be read below the class folders {Some(found)}. {string.Join(" ", check.Notices([]))}".TrimEnd()
            );
        }

        List<string> notices =
        [
            .. check.Notices([.. train, .. test]),
            .. layout.Notices,
            .. PlaceNotices(parts, walk),
            .. ClassNotices(found, classes, known),
        ];
        if (layout.Test is null)
        {
            (train, test) = Split(train, options.Seed);
            notices.Add(
                $"the folder has no test part: {PictureCheck.Count(test.Count, "picture")} of {train.Count + test.Count}, a fifth of each class, are set aside to judge by."
            );
        }

        RequireBoth(folder, train.Count, test.Count, options.AllForTest);
        notices.AddRange(EmptyNotices(classes, train, test, layout.Train is not null));
        notices.AddRange(PictureTwins.Notices(train, test));
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new DataSource(
            name,
            Format,
            new PictureDataset(
                $"{name} train",
                Some(train, options.TrainCount, "train"),
                classes,
                itemShape,
                sizing,
                options.MostPixels
            ),
            new PictureDataset(
                $"{name} test",
                Some(test, options.TestCount, "test"),
                classes,
                itemShape,
                sizing,
                options.MostPixels
            )
        )
        {
            Notices = notices,
            Pictures = PictureStatistics.Of([.. train, .. test]),
        };

        List<PictureFile> Read(FolderPart? part) =>
            part is null ? [] : check.Run([.. part.Files.Where(file => known.Contains(file.Class))]);
    }

    /// <summary>As many as asked for, in turns from each class, in their order.</summary>
    private static List<PictureFile> Some(List<PictureFile> pictures, int? count, string part) =>
        count is null || count == pictures.Count ? pictures
        : count <= pictures.Count
            ?
            [
                .. pictures
                    .Select((picture, place) => (picture, place))
                    .GroupBy(p => p.picture.Class)
                    .SelectMany(group => group.Select((p, rank) => (p.picture, p.place, rank)))
                    .OrderBy(p => p.rank)
                    .ThenBy(p => p.place)
                    .Take(count.Value)
                    .OrderBy(p => p.place)
                    .Select(p => p.picture),
            ]
        : throw new ArgumentException(
            $"{part} items must be 1 to the folder's {pictures.Count} pictures, got {count}."
        );

    private static void RequireClasses(string folder, string[] found, IReadOnlyList<string> classes, FolderPart[] parts)
    {
        if (found.Length == 0)
        {
            throw DataFormatException.In(
                folder,
                $"no class folders: an image data set has one folder for each class, and the pictures in them; found {PictureCheck.Count(parts.Sum(p => p.Loose), "file")} beside each other."
            );
        }

        if (classes.Count < 2)
        {
            throw DataFormatException.In(
                folder,
                $"there is one class only, '{classes[0]}': with one there is nothing to tell apart. Each class needs a folder of its own; a folder for all others is a class too."
            );
        }
    }

    private static void RequireBoth(string folder, int train, int test, bool allForTest)
    {
        if (test == 0 || (train == 0 && !allForTest))
        {
            throw DataFormatException.In(
                folder,
                $"there must be pictures to learn from and pictures to judge by, found {train} and {test}. Add pictures, or put some of each class into 'test' beside 'train'."
            );
        }
    }

    private static IEnumerable<string> PlaceNotices(FolderPart[] parts, FolderWalk walk)
    {
        int loose = parts.Sum(p => p.Loose),
            deeper = parts.Sum(p => p.Deeper);
        if (loose > 0)
        {
            yield return $"{PictureCheck.Count(loose, "file")} beside the class folders left out.";
        }

        if (deeper > 0)
        {
            yield return $"{PictureCheck.Count(deeper, "file")} in folders below the class folders, counted for the class above.";
        }

        if (walk.LitterCount > 0)
        {
            yield return $"{walk.LitterCount} hidden or system files and folders passed over.";
        }

        if (walk.SkippedLinks.Count > 0)
        {
            yield return $"{PictureCheck.Count(walk.SkippedLinks.Count, "link")} left out: {Some([.. walk.SkippedLinks])}.";
        }
    }

    private static IEnumerable<string> ClassNotices(
        string[] found,
        IReadOnlyList<string> classes,
        HashSet<string> known
    )
    {
        string[] unknown = [.. found.Where(name => !known.Contains(name))];
        if (unknown.Length > 0)
        {
            yield return $"folders that are no class of the network left out: {Some(unknown)}.";
        }

        string[] missing = [.. classes.Where(name => !found.Contains(ComposedName.Of(name), StringComparer.Ordinal))];
        if (missing.Length > 0)
        {
            yield return $"classes of the network without a folder: {Some(missing)}.";
        }
    }

    private static IEnumerable<string> EmptyNotices(
        IReadOnlyList<string> classes,
        List<PictureFile> train,
        List<PictureFile> test,
        bool learns
    )
    {
        foreach ((string part, List<PictureFile> pictures) in new[] { ("train", train), ("test", test) })
        {
            string[] empty = [.. classes.Where(name => pictures.All(p => p.Class != ComposedName.Of(name)))];
            if (empty.Length > 0 && (learns || part == "test"))
            {
                yield return $"classes without a {part} picture: {Some(empty)}.";
            }
        }
    }

    /// <summary>Sets a share of each class aside; the seed and the names decide which.</summary>
    private static (List<PictureFile> Train, List<PictureFile> Test) Split(List<PictureFile> pictures, ulong seed)
    {
        Rng rng = new Rng(seed).Split("image folder");
        HashSet<string> test = new(StringComparer.Ordinal);
        int index = 0;
        foreach (IGrouping<string, PictureFile> group in pictures.GroupBy(p => p.Class))
        {
            PictureFile[] items = [.. group];
            int count = Math.Min(items.Length - 1, Math.Max(1, (int)Math.Round(TestShare * items.Length)));
            test.UnionWith(rng.Split((ulong)index++).Permutation(items.Length).Take(count).Select(i => items[i].Path));
        }

        return ([.. pictures.Where(p => !test.Contains(p.Path))], [.. pictures.Where(p => test.Contains(p.Path))]);
    }

    private static string Some(string[] names) =>
        string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");
}
